/** Trains one trial of a search up to a number of epochs, and scores it. */
import type { Manifest } from '../../dataset/index.js';
import {
  type Callback,
  DivergedError,
  type GivenOptions,
  type TrainProgress,
  train,
} from '../../training/index.js';
import type { Scored } from './log.js';

export interface TrialRun {
  trial: number;
  options: GivenOptions;
  /** Has the images and their folds. */
  manifest: Manifest;
  task: string;
  fold: number;
  seed: number;
  /** Folder of the run. */
  run: string;
  /** The epochs that are scored: those after `from`, up to `to`. */
  from: number;
  to: number;
  signal: AbortSignal;
  onProgress(progress: TrainProgress): void;
}

/**
 * Trains up to epoch `to`, from the checkpoint in `run` if there is one. A run without one, because it was removed or is new, begins
 * with its first epoch, and comes to the same weights.
 *
 * @throws the signal's reason when it is aborted, and all errors but a training that diverges, which is a result
 */
export async function trainTrial(trialRun: TrialRun): Promise<Scored> {
  const { trial, options, manifest, task, fold, seed, run, from, to, signal, onProgress } =
    trialRun;
  try {
    const { classifier, history } = await train({
      ...options,
      ...{ manifest, task, fold, seed, run, signal, onProgress },
      resume: true,
      callbacks: [pauseAt(to)],
    });
    classifier.model.dispose();
    // `patience` may have ended it earlier.
    const last = history.slice(0, to).at(-1);
    if (last === undefined || (history.length < to && signal.aborted)) {
      throw signal.reason;
    }
    const seconds = history.slice(from, to).reduce((sum, epoch) => sum + epoch.seconds, 0);
    const { validationLoss = null, validationAccuracy = null } = last;
    return { trial, loss: validationLoss, accuracy: validationAccuracy, seconds };
  } catch (error) {
    if (error instanceof DivergedError) {
      return { trial, loss: null, accuracy: null, seconds: 0, reason: error.message };
    }
    throw error;
  }
}

/** Ends the call after `epochs` epochs, with a checkpoint from which the same run goes on. */
const pauseAt = (epochs: number): Callback => ({
  name: `pause after epoch ${epochs}`,
  begin: ({ history }, control) => {
    if (history.length >= epochs) {
      control.stop();
    }
  },
  epoch: ({ epoch }, control) => {
    if (epoch >= epochs) {
      control.stop();
    }
  },
});
