/** What optimizers, and what goes before and after their steps, can be told: each option once. */
import type { OptionValues } from '../../options.js';
import { jitOptions } from '../../tensorflow/index.js';

const decayOptions = {
  weightDecay: {
    type: 'number',
    default: 1e-4,
    min: 0,
    max: 1,
    help: 'share of each kernel added to its gradient or, where decoupled, taken off it per unit of learning rate',
  },
  decayAll: {
    type: 'boolean',
    default: false,
    help: 'weight decay also on biases and normalisations, as the original had it',
  },
} as const;

/** Options of `Sgd`. */
export const sgdOptions = {
  momentum: { type: 'number', default: 0.9, min: 0, max: 0.9999, help: 'of sgd' },
  nesterov: { type: 'boolean', default: false, help: "Nesterov's momentum for sgd" },
  ...decayOptions,
  decoupledDecay: {
    type: 'boolean',
    default: false,
    help: 'weight decay apart from the gradient for sgd; adamw always has it so',
  },
} as const;

/** Options of `AdamW`. */
export const adamwOptions = {
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
  ...decayOptions,
} as const;

/** Options of `Updater`. */
export const updaterOptions = {
  optimizer: {
    type: 'choice',
    choices: ['sgd', 'adamw'],
    default: 'sgd',
    help: 'gradient descent with momentum, or AdamW, which wants a learning rate near 0.001',
  },
  ...sgdOptions,
  ...adamwOptions,
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
  precision: jitOptions.precision,
} as const;

export type DecayOptions = OptionValues<typeof decayOptions>;
export type SgdOptions = OptionValues<typeof sgdOptions>;
export type AdamWOptions = OptionValues<typeof adamwOptions>;
export type UpdaterOptions = OptionValues<typeof updaterOptions>;
