/** Options and progress of `fit`. */
import { callback, optional, record, type ShapeOf, signal } from '../../arguments.js';
import type { GivenValues } from '../../options.js';
import type { Loader, PixelType } from '../../pipeline/index.js';
import { type JitOptions, jitOptions } from '../../tensorflow/index.js';
import type { Logs } from './pass.js';
import type { Targets } from './targets.js';
import type { CompileArguments } from './trainer.js';

/** Options of `fit` that are numbers. */
export const fitOptions = {
  epochs: { type: 'integer', default: 1, min: 1, max: 1e6, help: 'passes over the loader' },
  metricsEvery: {
    type: 'integer',
    default: 10,
    min: 1,
    max: 1e6,
    help: 'steps between two readings of loss and metrics; the last step of an epoch is read too',
  },
} as const;

/** The options of `fit`, which trains a model of tfjs on a loader. */
export interface FitOptions extends GivenValues<typeof fitOptions>, Partial<CompileArguments> {
  /** Evaluated after each epoch. */
  validation?: Loader<PixelType> | undefined;
  /**
   * The targets of a batch, one row for each image. By default they are made of the labels: a row with 1 at the image's
   * class, see `targetsOf`; for the loss `sparseCategoricalCrossentropy` the class, [images, 1]; for a model
   * with one output the probability of class 1, [images, 1].
   */
  targets?: Targets | undefined;
  /** How the steps are traced. */
  jit?: Partial<JitOptions> | undefined;
  /** Aborting ends the training after the current step. */
  signal?: AbortSignal | undefined;
  /** Called between two steps, of training and validation. */
  onProgress?: ((progress: FitProgress) => void) | undefined;
  /** Called after each epoch with its line of the history. */
  onEpoch?: ((epoch: number, logs: Logs) => void) | undefined;
}

/** Progress of `fit`. */
export interface FitProgress {
  phase: 'train' | 'validate';
  /** From 1. */
  epoch: number;
  epochs: number;
  /** Images of this phase that are done, and all of them. */
  done: number;
  total: number;
  /** In this epoch's training. */
  imagesPerSecond: number;
  /** Share of the training time in which no step ran because its batch was not ready, 0…1. */
  waitShare: number;
  /** Seconds until the last epoch is expected to end. */
  secondsLeft: number;
  /** Means of loss and metrics over this phase, at the last reading. */
  logs: Logs;
}

export const aLoader = record('a loader, as createLoader returns it,');
/** tfjs checks these. */
const ofCompile = optional({ what: 'an argument of compile', accepts: () => true });

/** The names and kinds of {@link FitOptions}. */
export const fitShape = {
  ...fitOptions,
  optimizer: ofCompile,
  loss: ofCompile,
  metrics: ofCompile,
  validation: optional(aLoader),
  targets: callback,
  jit: jitOptions,
  signal,
  onProgress: callback,
  onEpoch: callback,
} as const satisfies ShapeOf<FitOptions>;
