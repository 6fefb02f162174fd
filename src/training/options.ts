/** What a training run can be told, each option once: type, default, range and help. */
import { expected } from '../errors.js';
import type { OptionValues } from '../options.js';
import {
  type Augmentation,
  augmentationOptions,
  loaderOptions,
  viewsOf,
} from '../pipeline/index.js';
import { checkPrecision, jitOptions } from '../tensorflow/index.js';

/**
 * The defaults fine-tune a pretrained network on a few thousand photos in a few epochs. Every option but
 * `threads`, `memoryMB` and `failureBudget` shapes the result, so a resumed run must repeat it.
 */
export const trainOptions = {
  trainable: {
    type: 'choice',
    choices: ['all', 'head'],
    default: 'all',
    help: 'what is trained: the whole network, or the new head alone (several times faster)',
  },
  epochs: { type: 'integer', default: 6, min: 1, max: 10000, help: 'passes over the images' },
  batchSize: { ...loaderOptions.batchSize, default: 32, help: 'images a step' },
  optimizer: {
    type: 'choice',
    choices: ['sgd', 'adamw'],
    default: 'sgd',
    help: 'gradient descent with momentum, or AdamW, which wants a learning rate near 0.001',
  },
  learningRate: { type: 'number', default: 0.02, min: 0, max: 100, help: 'largest step size' },
  schedule: {
    type: 'choice',
    choices: ['cosine', 'step'],
    default: 'cosine',
    help: 'learning rate over time: warm-up then cosine to 0, or × 0.75 after each quarter of the epochs',
  },
  warmUp: {
    type: 'number',
    default: 0.5,
    min: 0,
    max: 1000,
    help: 'epochs in which the cosine schedule first rises to the learning rate',
  },
  momentum: { type: 'number', default: 0.9, min: 0, max: 0.9999, help: 'of sgd' },
  nesterov: { type: 'boolean', default: false, help: "Nesterov's momentum for sgd" },
  beta1: {
    type: 'number',
    default: 0.9,
    min: 0,
    max: 0.9999,
    help: 'share of its mean gradient that adamw keeps in a step',
  },
  beta2: {
    type: 'number',
    default: 0.999,
    min: 0,
    max: 0.999999,
    help: 'share of its mean square of the gradient that adamw keeps in a step',
  },
  epsilon: {
    type: 'number',
    default: 1e-8,
    min: 0,
    max: 1,
    help: 'added to the root of the mean square by adamw',
  },
  weightDecay: {
    type: 'number',
    default: 1e-4,
    min: 0,
    max: 1,
    help: 'share of each kernel added to its gradient or, where decoupled, taken off it per unit of learning rate',
  },
  decoupledDecay: {
    type: 'boolean',
    default: false,
    help: 'weight decay apart from the gradient for sgd; adamw always has it so',
  },
  decayAll: {
    type: 'boolean',
    default: false,
    help: 'weight decay also on biases and normalisations, as the original had it',
  },
  labelSmoothing: {
    type: 'number',
    default: 0.1,
    min: 0,
    max: 0.9,
    help: 'share of the target spread evenly over all classes',
  },
  clipNorm: {
    type: 'number',
    default: 0,
    min: 0,
    max: 1e6,
    help: 'longest gradient of all weights together, as their norm; a longer one is shortened; 0: any',
  },
  averageDecay: {
    type: 'number',
    default: 0,
    min: 0,
    max: 0.999999,
    help: 'share that a moving average of the weights keeps in a step; validated and saved in their place; 0: none',
  },
  accumulate: {
    type: 'integer',
    default: 1,
    min: 1,
    max: 1024,
    help: 'batches whose gradients make one step; each batch is normalised by itself',
  },
  seed: loaderOptions.seed,
  dtype: { ...loaderOptions.dtype, help: `${loaderOptions.dtype.help}; training images only` },
  precision: jitOptions.precision,
  threads: loaderOptions.threads,
  memoryMB: {
    ...loaderOptions.memoryMB,
    help: 'megabytes of memory for batches, as much again for validation; 0: four batches each',
  },
  damaged: {
    type: 'choice',
    choices: ['refill', 'fail'],
    default: 'refill',
    help: 'an unreadable image is replaced by another, or ends the run',
  },
  failureBudget: loaderOptions.failureBudget,
} as const;

/** Values of {@link trainOptions}. */
export type TrainValues = OptionValues<typeof trainOptions>;

/** The pipeline's augmentations with the defaults that fine-tuning wants. */
export const trainAugmentationOptions = {
  ...augmentationOptions,
  area: { ...augmentationOptions.area, default: [0.5, 1] },
  brightness: { ...augmentationOptions.brightness, default: 0.2 },
  contrast: { ...augmentationOptions.contrast, default: 0.2 },
  saturation: { ...augmentationOptions.saturation, default: 0.2 },
} as const;

/** What no single option can rule out. Throws InvalidInputError. */
export function checkTogether(
  { schedule, warmUp, epochs, precision }: TrainValues,
  augmentation: Augmentation,
): void {
  if (schedule === 'cosine' && warmUp >= epochs)
    throw expected(`a number below epochs (${epochs})`, 'warmUp', warmUp);
  if (viewsOf(augmentation) > 1)
    throw expected('center, random or random-resized', 'crop', augmentation.crop);
  checkPrecision(precision);
}
