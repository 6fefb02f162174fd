/** What a loader can be told: its options, each declared once, and what it loads. */
import os from 'node:os';
import type { OptionValues } from '../options.js';
import type { Augmentation, augmentationOptions } from './augmentation.js';
import type { PixelType } from './pixel-type.js';
import type { Preprocessing } from './preprocessing.js';
import { fewestSlots, mostSlots } from './ring.js';
import type { LoaderSample } from './samples.js';

/**
 * How a loader works, apart from what it loads. None but `seed`, `damaged` and `dtype` changes a pixel. But a GPU's
 * kernel may differ from the CPU by a fraction of a level and its decoder by a level, in files that nobody can tell
 * beforehand; and what the CPU augments and a GPU normalises was rounded to whole levels.
 */
export const loaderOptions = {
  dtype: {
    type: 'choice',
    choices: ['float32', 'bfloat16', 'float16', 'uint8'],
    default: 'float32',
    help: 'what batches are stored as: normalised in 4 or 2 bytes a value, or in 1 as levels 0…255 that are normalised later',
  },
  augment: {
    type: 'choice',
    choices: ['cpu', 'gpu'],
    default: 'cpu',
    help: 'who renders views: threads of the CPU, or a CUDA device, on which the batches then lie',
  },
  memory: {
    type: 'choice',
    choices: ['main', 'gpu'],
    default: 'main',
    defaultHelp: 'main, or gpu with augment gpu',
    help: 'where batches lie: in main memory, or on a CUDA device, copied there as levels and normalised',
  },
  gpuDevice: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 63,
    help: "the CUDA device's number; as configure's gpuDevice where TensorFlow takes the batches",
  },
  batchSize: { type: 'integer', default: 64, min: 1, max: 65536, help: 'images a batch' },
  threads: {
    type: 'integer',
    default: os.availableParallelism(),
    defaultHelp: 'the number of cores',
    min: 1,
    max: 1024,
    help: 'worker threads that decode and render',
  },
  seed: {
    type: 'integer',
    default: 0,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    help: 'of all randomness; same seed, same batches',
  },
  shuffle: { type: 'boolean', default: false, help: "another order each epoch, the seed's own" },
  damaged: {
    type: 'choice',
    choices: ['refill', 'mark', 'fail'],
    default: 'refill',
    help: 'an unreadable image is replaced by another, kept as an empty row of index −1, or ends the run',
  },
  failureBudget: {
    type: 'number',
    default: 100,
    min: 0,
    max: Number.POSITIVE_INFINITY,
    help: 'unreadable images that are put up with before the run ends all the same',
  },
  slots: {
    type: 'integer',
    default: 4,
    min: fewestSlots,
    max: mostSlots,
    help: 'batches of memory: those held, those ready and those being rendered',
  },
  memoryMB: {
    type: 'number',
    default: 0,
    min: 0,
    max: 1e6,
    help: 'megabytes of memory for batches, in place of slots; 0: as much as the slots need',
  },
  workerCount: {
    type: 'integer',
    default: 1,
    min: 1,
    max: 65536,
    help: 'loaders, usually one a process, that share each epoch: together they see every sample once',
  },
  workerIndex: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 65535,
    help: 'which of them this is: it takes positions index, index + count, … of the epoch',
  },
} as const;

/** Who renders views. */
export type Augmenter = (typeof loaderOptions.augment.choices)[number];

export interface LoaderOptions<Type extends PixelType = 'float32'>
  extends Omit<Partial<OptionValues<typeof loaderOptions>>, 'dtype'> {
  /** See {@link PixelType}. Default `float32`. */
  dtype?: Type;
  samples: readonly LoaderSample[];
  preprocessing: Preprocessing;
  /** Default: {@link augmentationOptions}' defaults, the usual ones for training. */
  augmentation?: Partial<Augmentation>;
}
