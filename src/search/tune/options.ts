/** What `tune` is called with, what it tells, and what it returns. */
import { callback, list, number, optional, type ShapeOf, text } from '../../arguments.js';
import type { GivenValues, OptionTable } from '../../options.js';
import {
  type RecipeOptions,
  type TaskOptions,
  type TrainProgress,
  taskShape,
  trainOptions,
} from '../../training/index.js';
import type { CheckLine, TrialLine } from './log.js';
import { type ParameterName, parameterNames } from './space.js';
import type { TrialRow } from './table.js';

/** Options of {@link tune} beside those of training. */
export const tuneOptions = {
  trials: {
    type: 'integer',
    default: undefined,
    defaultHelp: '16, or with a budget as many as it allows',
    min: 1,
    max: 100_000,
    help: 'trials in all; the first one has the given options and draws nothing',
  },
  workers: {
    type: 'integer',
    default: undefined,
    defaultHelp: 'none: this process trains one trial after another',
    min: 1,
    max: 1024,
    help: 'processes that train trials at the same time',
  },
} as const satisfies OptionTable;

/** Options of training that mean something else in {@link tune}. */
export const searchTrainOptions = {
  fold: {
    ...trainOptions.fold,
    defaultHelp: '0',
    help: 'fold of the training images that scores the trials, of the data or of five that the seed draws; the next fold checks the best trial',
  },
  epochs: {
    ...trainOptions.epochs,
    help: 'epochs of a whole training; most trials have a third of them, or a ninth, and so on',
  },
} as const satisfies OptionTable;

/** What `tune` is called with. */
export interface TuneRequest
  extends Omit<TaskOptions, 'task' | 'tasks' | 'trainOn'>,
    GivenValues<typeof tuneOptions> {
  /** Name of one of the manifest's tasks. */
  task: string;
  /** Folder for `TASK.json`, the recipe, `TASK.csv`, the table, and `TASK`, the log and the runs. */
  out: string;
  /** Networks to choose from: names, or folders that `import` wrote. Default: those of the list whose ImageNet weights are here. */
  networks?: readonly string[] | undefined;
  /** Parameters that are not searched. What is given as an option is not searched either. */
  leaveOut?: readonly ParameterName[] | undefined;
  /** Seconds for the whole search, those of earlier calls included; the check of the best trial is part of it. */
  budgetSeconds?: number | undefined;
  /** Time by `Date.now()` at which this call shall have ended; a later call goes on. */
  deadline?: number | undefined;
  /** Called after every step. */
  onProgress?: ((progress: TuneProgress) => void) | undefined;
  /** Called when a trial has reached a rung, and when one is checked. */
  onResult?: ((line: TrialLine | CheckLine) => void) | undefined;
}

/** How far `tune` is. */
export interface TuneProgress extends Omit<TrainProgress, 'secondsLeft'> {
  /** Of the time that is given; undefined without any. */
  secondsLeft: number | undefined;
  trial: number;
  /** Whether the trial is trained again, with another seed and another fold. */
  isCheck: boolean;
}

const { tasks: _, trainOn: __, ...trainingShape } = taskShape;

export const tuneShape = {
  ...trainingShape,
  ...tuneOptions,
  task: text('the name of a task'),
  out: text('the path of a folder'),
  networks: optional(list('a list of names or folders of networks')),
  leaveOut: optional({
    what: `a list of ${parameterNames.join(', ')}`,
    accepts: (given) =>
      Array.isArray(given) && given.every((name) => parameterNames.includes(name)),
  }),
  budgetSeconds: optional({ what: 'a number above 0', accepts: (given) => (given as number) > 0 }),
  deadline: optional(number),
  onProgress: callback,
  onResult: callback,
} as const satisfies ShapeOf<TuneRequest>;

/** What `tune` found. */
export interface Tuned {
  task: string;
  /** What each trial reached at each of its rungs, in the order of time. */
  results: TrialLine[];
  /** A row for each trial, by their numbers. */
  trials: TrialRow[];
  /** The number of the trial with the lowest loss at the highest rung. */
  best: number;
  /** The losses of the first and the best trial with another seed and another fold; undefined where the best is the first. */
  check: { first: number | null; best: number | null } | undefined;
  /** Whether the best trial has the lower loss in the check, too. */
  isBetter: boolean;
  /** The options of the best trial if it is better, else those of the first, in the form of a recipe. */
  options: RecipeOptions;
  /** The file that has them. */
  recipe: string;
  /** Whether the trials are all done; otherwise time was over before. */
  finished: boolean;
}
