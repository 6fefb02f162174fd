/** Options of a training run, each declared once: type, default, range and help. */
import { mostFolds } from '../dataset/index.js';
import { trainableChoices } from '../model/index.js';
import type { GivenValues, OptionValues } from '../options.js';
import { augmentationOptions, augmentOption, loaderOptions } from '../pipeline/index.js';
import { beyondHead } from './beyond-head.js';
import { checkpointOptions } from './checkpoint/options.js';
import { featureViewsOption } from './features/options.js';
import { bestOptions } from './history.js';
import { lossOptions } from './loss/options.js';
import { updaterOptions } from './optimizer/index.js';
import { loraOptions } from './run/low-rank.js';
import { phaseOptions } from './run/phases.js';
import { scheduleOptions } from './schedule/options.js';
import { workerOptions } from './workers/options.js';

/**
 * The defaults fine-tune a pretrained network on a few thousand photos in a few epochs. A resumed run keeps
 * every option but `threads`, `memoryMB`, `bucketMB`, `failureBudget` and `checkpointMinutes`, which do not change the result.
 */
export const trainOptions = {
  trainable: {
    type: 'choice',
    choices: [...trainableChoices, 'lora'],
    default: 'all',
    help: 'train the whole network, only the new head (several times faster), or the head and what has one number a channel (biases and normalisations), or the head and products of low rank beside the matrices of an imported transformer (lora)',
  },
  ...loraOptions,
  ...featureViewsOption,
  stochasticDepth: {
    type: 'number',
    default: 0,
    min: 0,
    max: 0.9,
    help: 'probability that an image skips the last residual branch of the network in a step; earlier ones in proportion',
    ...beyondHead,
  },
  normalization: {
    type: 'choice',
    choices: ['network', 'own'],
    default: 'network',
    help: "mean and standard deviation of pixels: the network's, or those of the training images, measured when the run begins",
  },
  fold: {
    type: 'integer',
    default: undefined,
    defaultHelp: 'none: the split validates',
    min: 0,
    max: mostFolds - 1,
    help: 'fold that validates while all others train, of data with folds',
  },
  trainOn: {
    type: 'choice',
    choices: ['train', 'all'],
    default: 'train',
    help: 'images that are trained on: those of the training split, or all labelled ones, so that none validate',
  },
  emptyClasses: {
    type: 'choice',
    choices: ['keep', 'drop'],
    default: 'keep',
    help: 'classes without training images: answers like the others, or left out of the head, with the probability 0',
  },
  limit: {
    type: 'integer',
    default: 0,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    help: 'training images that are used, drawn by the seed, to try a run; 0: all',
  },
  epochs: { type: 'integer', default: 6, min: 1, max: 10000, help: 'passes over the images' },
  batchSize: { ...loaderOptions.batchSize, default: 32, help: 'images a step' },
  learningRate: { type: 'number', default: 0.02, min: 0, max: 100, help: 'largest step size' },
  ...scheduleOptions,
  ...phaseOptions,
  ...bestOptions,
  ...checkpointOptions,
  ...updaterOptions,
  ...lossOptions,
  sampling: loaderOptions.sampling,
  seed: loaderOptions.seed,
  dtype: { ...loaderOptions.dtype, help: `${loaderOptions.dtype.help}; training images only` },
  augment: {
    ...augmentOption,
    help: `${augmentOption.help}, before the first epoch; training images only`,
  },
  threads: loaderOptions.threads,
  computeThreads: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 1024,
    help: 'threads with which TensorFlow computes: results are equal to the bit only where their number is; 0: one for each core',
  },
  memoryMB: {
    ...loaderOptions.memoryMB,
    help: 'megabytes for the batches of training, and as many for validation; 0: four batches each',
  },
  ...workerOptions,
  damaged: {
    type: 'choice',
    choices: ['refill', 'fail'],
    default: 'refill',
    help: 'replace an unreadable image by another, or end the run',
  },
  failureBudget: loaderOptions.failureBudget,
} as const;

/** Values of {@link trainOptions}. */
export type TrainValues = OptionValues<typeof trainOptions>;

/** The pipeline's augmentations with defaults for fine-tuning. */
export const trainAugmentationOptions = {
  ...augmentationOptions,
  area: { ...augmentationOptions.area, default: [0.5, 1] },
  brightness: { ...augmentationOptions.brightness, default: 0.2 },
  contrast: { ...augmentationOptions.contrast, default: 0.2 },
  saturation: { ...augmentationOptions.saturation, default: 0.2 },
} as const;

/** The options of training augmentation as a caller gives them. */
export interface TrainAugmentation extends GivenValues<typeof trainAugmentationOptions> {}
