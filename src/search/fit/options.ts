/** What `fitPhotos` is called with, what it tells, and what it returns. */
import { callback, list, optional, type ShapeOf, signal, text } from '../../arguments.js';
import { prepareOptions } from '../../dataset/index.js';
import type { BuiltClassifier } from '../../model/index.js';
import type { GivenValues, OptionTable } from '../../options.js';
import type { FitScores } from './scores.js';

/** Options of {@link fitPhotos} that a configuration file may set. */
export const fitPhotosOptions = {
  seed: {
    ...prepareOptions.seed,
    help: 'which images are held back, which are probed, and the seed of the training',
  },
} as const satisfies OptionTable;

/** Half an hour: on photos by the thousand, a CPU of a few cores fine-tunes a small network in it. */
export const usualBudget = 1800;

/** Reading photos and starting TensorFlow take a part of it. */
export const leastBudget = 20;

/** What `fitPhotos` is called with. */
export interface FitPhotosRequest extends GivenValues<typeof fitPhotosOptions> {
  /** A file or folder of any layout that `prepare` reads. */
  photos: string;
  /** Folder for the model, the scores, the log and all that is between them; not inside `photos`. */
  out: string;
  /** Seconds for all calls on `out` together, from 20; default 1800. */
  budgetSeconds?: number | undefined;
  /** Name of the task, needed where the photos have labels for several. */
  task?: string | undefined;
  /** Networks to choose from: names, or folders that `import` wrote. Default: those of the list whose ImageNet weights are here. */
  networks?: readonly string[] | undefined;
  /** Aborting saves a checkpoint and ends the call with the signal's reason; the same call goes on. */
  signal?: AbortSignal | undefined;
  /** Called within the steps that take long. */
  onProgress?: ((progress: FitPhotosProgress) => void) | undefined;
  /** Called with the sentence in which a step says what it decided and why. */
  onStep?: ((says: string) => void) | undefined;
}

export const fitPhotosShape = {
  ...fitPhotosOptions,
  photos: text('a file or folder'),
  out: text('the path of a folder'),
  budgetSeconds: optional({
    what: `a number of at least ${leastBudget}`,
    accepts: (given) => Number.isFinite(given) && (given as number) >= leastBudget,
  }),
  task: optional(text('the name of a task')),
  networks: optional(list('a list of names or folders of networks')),
  signal,
  onProgress: callback,
  onStep: callback,
} satisfies ShapeOf<FitPhotosRequest>;

/** How far `fitPhotos` is. */
export interface FitPhotosProgress {
  /** The step and what it works on. */
  label: string;
  /** Images of the step that are done, and all of them. */
  done: number;
  total: number;
  imagesPerSecond?: number | undefined;
  /** Of the budget. */
  secondsLeft: number;
}

/** What {@link fitPhotos} leaves. */
export interface FitPhotosResult {
  /** The best single classifier; of an answer that is a mean, `loadEnsemble(folder)` has all of it. */
  classifier: BuiltClassifier;
  /** What `predict` and `evaluate` take as their run: `out`, or `out/ensemble` where a mean of several is better. */
  folder: string;
  /** The content of `out/scores.json`. */
  scores: FitScores;
  /** The sentences of all steps, those of earlier calls included. */
  steps: string[];
  /** True when an earlier call had done all that this budget allows. */
  wasFinished: boolean;
}
