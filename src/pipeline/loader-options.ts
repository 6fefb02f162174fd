/** Options of a loader, each declared once. */
import os from 'node:os';
import type { GivenValues } from '../options.js';
import type { AugmentationOptions } from './augmentation.js';
import type { PixelType } from './pixel-type.js';
import type { Preprocessing } from './preprocessing.js';
import { fewestSlots, mostSlots } from './ring.js';
import type { LoaderSamples } from './samples.js';
import type { Variant } from './variants.js';

/**
 * Options of a loader apart from its images and augmentation.
 *
 * Only `seed`, `damaged` and `dtype` change pixels, with three exceptions on a GPU: its kernel may differ from the CPU by
 * a fraction of a level; its JPEG decoder may differ by one level, in files that are not known in advance; and pixels that
 * the CPU augments and a GPU normalises are rounded to whole levels between the two.
 */
export const loaderOptions = {
  dtype: {
    type: 'choice',
    choices: ['float32', 'bfloat16', 'float16', 'uint8'],
    default: 'float32',
    help: 'type of the stored values: normalised in 4 or 2 bytes each, or levels 0…255 in 1 byte, normalised later',
  },
  augment: {
    type: 'choice',
    choices: ['cpu', 'gpu'],
    default: 'cpu',
    help: 'device that renders views: the CPU, or a CUDA device, whose memory then holds the batches',
  },
  memory: {
    type: 'choice',
    choices: ['main', 'gpu'],
    default: 'main',
    defaultHelp: 'main, or gpu with augment gpu',
    help: 'memory that holds the batches: main memory, or that of a CUDA device, which normalises them',
  },
  gpuDevice: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 63,
    help: "number of the CUDA device; TensorFlow accepts batches of the device in configure's gpuDevice",
  },
  batchSize: { type: 'integer', default: 64, min: 1, max: 65536, help: 'images in a batch' },
  threads: {
    type: 'integer',
    default: os.availableParallelism(),
    defaultHelp: 'the number of cores',
    min: 1,
    max: 1024,
    help: 'threads that decode and render',
  },
  seed: {
    type: 'integer',
    default: 0,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    help: 'seed of all random numbers: the same seed gives the same batches',
  },
  shuffle: {
    type: 'boolean',
    default: false,
    help: 'another order in each epoch, drawn by the seed',
  },
  sampling: {
    type: 'choice',
    choices: ['once', 'balanced'],
    default: 'once',
    help: 'images of an epoch: once: each once; balanced: as many, but each class equally often, drawn by the seed',
  },
  damaged: {
    type: 'choice',
    choices: ['refill', 'mark', 'fail'],
    default: 'refill',
    help: 'replace an unreadable image by another one, keep it as an empty row of index −1, or stop the run',
  },
  failureBudget: {
    type: 'number',
    default: 100,
    min: 0,
    max: Number.POSITIVE_INFINITY,
    help: 'unreadable images tolerated before the run stops',
  },
  slots: {
    type: 'integer',
    default: 4,
    min: fewestSlots,
    max: mostSlots,
    help: 'batches in memory: held by the consumer, ready, or being rendered',
  },
  memoryMB: {
    type: 'number',
    default: 0,
    min: 0,
    max: 1e6,
    help: 'megabytes of memory for batches, instead of slots; 0: as many as the slots need',
  },
  workerCount: {
    type: 'integer',
    default: 1,
    min: 1,
    max: 65536,
    help: 'loaders that share each epoch, usually one in each process: together they load every sample once',
  },
  workerIndex: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 65535,
    help: 'number of this loader among them: it takes positions index, index + count, … of the epoch',
  },
} as const;

/** The device that renders views. */
export type Augmenter = (typeof loaderOptions.augment.choices)[number];

/** What `createLoader` is called with. */
export interface LoaderOptions<Type extends PixelType = 'float32'>
  extends Omit<GivenValues<typeof loaderOptions>, 'dtype'> {
  /** See {@link PixelType}. Default `float32`. */
  dtype?: Type | undefined;
  /** An array, or a `SampleTable`. */
  samples: LoaderSamples;
  /** Size and normalisation of the pixels, usually the classifier's. */
  preprocessing: Preprocessing;
  /** Default: the defaults of {@link AugmentationOptions}, which suit training. */
  augmentation?: AugmentationOptions | undefined;
  /** Views of each fixed window, rendered from one decoded image; default the window alone. */
  variants?: readonly Variant[] | undefined;
}
