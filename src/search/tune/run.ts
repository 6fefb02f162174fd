/** Trains one trial of a search for a number of epochs, and scores it. */
import type { Manifest } from '../../dataset/index.js';
import {
  DivergedError,
  type EpochRecord,
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
  epochs: number;
  signal: AbortSignal;
  onProgress(progress: TrainProgress): void;
  onEpoch?(record: EpochRecord): void;
}

/**
 * Trains for `epochs` epochs, from the checkpoint in `run` if there is one. The score is that of the last epoch.
 *
 * @throws the signal's reason when it is aborted, and all errors but a training that diverges, which is a result
 */
export async function trainTrial(trialRun: TrialRun): Promise<Scored> {
  const { trial, options, manifest, task, fold, seed, run, epochs, signal, onProgress, onEpoch } =
    trialRun;
  try {
    const { classifier, history, finished } = await train({
      ...withEpochs(options, epochs),
      ...{ manifest, task, fold, seed, run, signal, onProgress, onEpoch },
      resume: true,
    });
    classifier.model.dispose();
    const last = history.at(-1);
    if (!finished || last === undefined) {
      throw signal.reason;
    }
    const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0);
    const { validationLoss = null, validationAccuracy = null } = last;
    return { trial, loss: validationLoss, accuracy: validationAccuracy, seconds };
  } catch (error) {
    if (error instanceof DivergedError) {
      return { trial, loss: null, accuracy: null, seconds: 0, reason: error.message };
    }
    throw error;
  }
}

/** `options` for fewer epochs, of which not all may be frozen. */
export const withEpochs = (options: GivenOptions, epochs: number): GivenOptions => ({
  ...options,
  epochs,
  ...(options.freezeEpochs !== undefined && {
    freezeEpochs: Math.min(options.freezeEpochs, epochs - 1),
  }),
});
