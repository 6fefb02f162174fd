/** Who is compared: one entry a contender, with what it lacks; its program is the file beside its name in contenders/. */
import type { Load } from './job.js';

/** How a contender's process is started; `environment` is a folder that `npm run bench -- setup` makes. */
export interface Contender {
  name: string;
  program:
    | { kind: 'native'; binary: string }
    | { kind: 'node'; file: string }
    | { kind: 'python'; file: string; environment: string; args?: string[] };
  loads: Load[];
  /** What of a load it cannot do, or does otherwise: a remark for the table. */
  remarks?: string;
}

const both: Load[] = ['crop', 'everything'];
const python = (file: string, environment: string, args: string[] = []) =>
  ({ kind: 'python', file, environment, args }) as const;

/** The yardstick of every ratio. */
export const decode: Contender = {
  name: 'libjpeg-turbo decode',
  program: { kind: 'native', binary: 'decode' },
  loads: ['crop'],
  remarks: 'whole pictures from memory to RGB, nothing else',
};

export const contenders: Contender[] = [
  decode,
  { name: 'bobbin', program: { kind: 'node', file: 'bobbin.ts' }, loads: both },
  { name: 'sharp + tfjs', program: { kind: 'node', file: 'naive.ts' }, loads: both },
  {
    name: 'tf.data',
    program: python('with_tf_data.py', 'peers'),
    loads: both,
    remarks: 'draws smaller windows: 0.35 of a 400 × 533 picture on average',
  },
  {
    name: 'tf.data, plain resize',
    program: python('with_tf_data.py', 'peers', ['plain']),
    loads: both,
    remarks: 'as tf.data, but without antialiasing',
  },
  { name: 'torchvision v2', program: python('with_torchvision.py', 'peers'), loads: both },
  {
    name: 'torchvision v2, Pillow',
    program: python('with_torchvision.py', 'peers', ['pillow']),
    loads: both,
  },
  { name: 'DALI (CPU)', program: python('with_dali.py', 'peers'), loads: both },
  {
    name: 'FFCV',
    program: python('with_ffcv.py', 'peers'),
    loads: both,
    remarks: 'files packed beforehand; no hue, no noise',
  },
  {
    name: 'SPDL',
    program: python('with_spdl.py', 'peers'),
    loads: both,
    remarks: "FFmpeg's filters: brightness is added, not multiplied",
  },
  {
    name: 'MXNet ImageRecordIter',
    program: python('with_mxnet.py', 'mxnet'),
    loads: both,
    remarks: 'files packed beforehand; no antialiasing, no noise',
  },
];
