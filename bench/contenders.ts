/** The contenders: an entry each, with its differences; its program is the file of its name in contenders/. */
import type { Load } from './job.js';

/** The changes of `everything` after the crop. */
export type Change = 'brightness' | 'contrast' | 'saturation' | 'hue' | 'noise';

/** How a contender's process is started; `list` is its list in bench/environments.mjs. */
export interface Program {
  program:
    | { kind: 'native'; binary: string }
    | { kind: 'node'; file: string }
    | { kind: 'python'; file: string; list: string };
  /** Arguments after the job. */
  args?: string[];
}

export interface Contender extends Program {
  name: string;
  loads: Load[];
  /** Its resize is not an antialiased triangle, or its decoder rounds more than libjpeg's accurate one. */
  coarse?: boolean;
  /** Mean share of a picture in its random windows, if it differs from torchvision's. */
  area?: number;
  lacks?: Change[];
  /** How it differs: a remark for the table. */
  remarks?: string;
}

const both: Load[] = ['crop', 'everything'];
export const python = (file: string, list: string) => ({ kind: 'python', file, list }) as const;

/** The yardstick of every ratio. */
export const decode: Contender = {
  name: 'libjpeg-turbo decode',
  program: { kind: 'native', binary: 'decode' },
  loads: ['crop'],
  remarks: 'from memory: only decodes whole pictures to RGB, ISLOW, fancy upsampling',
};

export const bobbin: Contender = {
  name: 'bobbin',
  program: { kind: 'node', file: 'bobbin.ts' },
  loads: both,
  remarks: 'hue in YIQ',
};

export const peers: Contender[] = [
  {
    name: 'sharp + tfjs',
    program: { kind: 'node', file: 'naive.ts' },
    loads: both,
    remarks: 'one file after another, for any number of threads; hue in YIQ',
  },
  {
    name: 'tf.data',
    program: python('with_tf_data.py', 'peers'),
    loads: both,
    area: 0.36,
    remarks:
      "draws smaller windows, 0.36 of the picture instead of 0.44; contrast about each channel's mean; hue in HSV",
  },
  {
    name: 'tf.data, plain resize',
    program: python('with_tf_data.py', 'peers'),
    args: ['plain'],
    loads: both,
    coarse: true,
    area: 0.36,
    remarks: 'as tf.data, without antialiasing',
  },
  {
    name: 'torchvision v2',
    program: python('with_torchvision.py', 'peers'),
    loads: both,
    remarks: 'hue in HSV',
  },
  {
    name: 'torchvision v2, Pillow',
    program: python('with_torchvision.py', 'peers'),
    args: ['pillow'],
    loads: both,
    remarks: 'decoded by Pillow; hue in HSV',
  },
  {
    name: 'DALI (CPU)',
    program: python('with_dali.py', 'peers'),
    loads: both,
    remarks: 'contrast about 128, so no pass for the mean; hue in YIQ',
  },
  {
    name: 'FFCV',
    program: python('with_ffcv.py', 'ffcv'),
    loads: both,
    coarse: true,
    lacks: ['hue', 'noise'],
    remarks: 'same JPEG bytes, packed beforehand; fast IDCT; no hue, no noise',
  },
  {
    name: 'SPDL',
    program: python('with_spdl.py', 'peers'),
    loads: both,
    coarse: true,
    remarks: "FFmpeg's decoder and filters; contrast about middle grey; hue in YUV",
  },
  {
    name: 'MXNet ImageRecordIter',
    program: python('with_mxnet.py', 'mxnet'),
    loads: both,
    coarse: true,
    lacks: ['noise'],
    remarks: 'same JPEG bytes, packed beforehand; no antialiasing; hue stops at red; no noise',
  },
];
