/** Callbacks: what they are told at each moment of a run, and what they may ask for. */
import { type Kind, optional } from '../../arguments.js';
import { isObject } from '../../disk/index.js';
import type { Classifier } from '../../model/index.js';
import type { Augmentation, Augmenter } from '../../pipeline/index.js';
import type { EpochRecord } from '../history.js';
import type { TrainValues } from '../options.js';
import type { TrainProgress } from '../run/progress.js';

/** A run when a call of `train` begins or resumes it. */
export interface BeginFacts {
  /** Folder of the run. */
  run: string;
  /** The names of the tasks that the network learns. */
  tasks: readonly string[];
  /** Trained in its place: read its weights, but do not change or free them. */
  classifier: Classifier;
  /** Training images. */
  images: number;
  validationImages: number;
  epochs: number;
  /** A step is a batch, also where `accumulate` joins several for a change of the weights. */
  stepsPerEpoch: number;
  /** Steps of the whole run that earlier calls have done; 0 in a new run. */
  finishedSteps: number;
  /** A record for each epoch that earlier calls have finished. */
  history: readonly EpochRecord[];
  /** All options with their values, in the form of a call of `train`. */
  options: TrainValues & { augment: Augmenter; augmentation: Augmentation };
}

/** A step of training. Loss and accuracy are means of the epoch so far, a few steps late, so that no step has to wait for them. */
export interface StepFacts extends TrainProgress {
  /** Number of the step in the whole run, from 1. */
  step: number;
  /** Of this step. */
  learningRate: number;
  /** What the callbacks before this one have logged at this step. */
  logged: Readonly<Record<string, number>>;
}

/** How a call of `train` ended. */
export interface EndFacts {
  /** False when it was stopped or failed before the last epoch. */
  finished: boolean;
  /** A record for each finished epoch of the run. */
  history: readonly EpochRecord[];
  /** See {@link TrainResult.best}. */
  best: EpochRecord | undefined;
  /** What the call is rejected with; undefined when it is not. */
  error: Error | undefined;
}

/** What a callback may ask for. */
export interface Control {
  /**
   * Ends the call after the current step, or in `epoch` before the next one, as aborting the `signal` does: with a checkpoint,
   * from which `resume` goes on. After the last epoch it does nothing.
   */
  stop(): void;
  /**
   * The learning rate from the next step on, in the place of the schedule's, at least 0; `undefined` returns to the schedule. A
   * resumed run keeps it.
   */
  setLearningRate(rate: number | undefined): void;
  /**
   * Adds a number to `logged` of the step or of the epoch's record, for the callbacks behind this one. The record has the last
   * value of each name that its epoch's steps have logged. A checkpoint keeps what was logged before it was written; what is
   * logged in `epoch` is kept by the next one.
   *
   * @param name letters, digits, `_`, `.`, `/`, `-` and spaces, at most 200 characters
   * @param value a finite number
   */
  log(name: string, value: number): void;
}

/**
 * What a program does at the moments of a run. All functions may be asynchronous: training waits for them. The callbacks of a list
 * are called in its order. An error of one ends the run with a checkpoint, and the call is rejected with the callback's name.
 */
export interface Callback {
  /** For errors; by default its number in the list. */
  name?: string;
  /** Before the first step of this call. A call that finds the run finished has no moments. */
  begin?(facts: BeginFacts, control: Control): unknown;
  /** After each step of training. */
  step?(facts: StepFacts, control: Control): unknown;
  /** When an epoch's history and checkpoint are on disk. */
  epoch?(record: EpochRecord, control: Control): unknown;
  /** At the end of a call that has called `begin` of this callback without an error, also if it is rejected. */
  end?(facts: EndFacts): unknown;
}

const moments = ['begin', 'step', 'epoch', 'end'] as const;

const isCallback = (value: unknown): boolean =>
  isObject(value) &&
  moments.some((moment) => value[moment] !== undefined) &&
  moments.every((moment) => ['function', 'undefined'].includes(typeof value[moment]));

/** The argument `callbacks`. */
export const callbackList = optional({
  what: `a list of callbacks, each with at least one of the functions ${moments.join(', ')},`,
  accepts: (value) => Array.isArray(value) && value.every(isCallback),
} satisfies Kind);
