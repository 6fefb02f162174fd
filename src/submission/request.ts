/** The request, the progress and the result of `submit`. */
import {
  callback,
  list,
  number,
  optional,
  record,
  type ShapeOf,
  signal,
  text,
} from '../arguments.js';
import { boxOptions, changeOptions, type Manifest } from '../dataset/index.js';
import type { Evaluation, MeansByKind } from '../evaluation/index.js';
import { modelOptions } from '../model/index.js';
import { type GivenValues, type OptionTable, pickOptions, resolveOptions } from '../options.js';
import type { AugmentChoice } from '../pipeline/index.js';
import {
  type ClassifyProgress,
  type Prediction,
  type Views,
  viewOptions,
} from '../prediction/index.js';
import {
  type EpochRecord,
  type RecipeOptions,
  recipeOptions,
  type TrainOptions,
  type TrainProgress,
  type TrainResult,
  trainAugmentationOptions,
  trainOptions,
} from '../training/index.js';
import type { Verification } from './verify.js';

/** Options of {@link submit} beside those of preparing and training. */
export const submitOptions = {
  models: {
    type: 'integer',
    default: 1,
    min: 1,
    max: 100,
    help: 'models for each task, trained with different seeds; their predictions are averaged',
  },
  crops: {
    type: 'choice',
    choices: ['center', 'five', 'ten'],
    default: 'ten',
    help: 'windows of each image whose probabilities are averaged',
  },
  ...viewOptions,
  // A smaller photo might not hold the window of a network that is trained by then.
  scales: { ...viewOptions.scales, min: 1 },
  teachQuestions: {
    type: 'boolean',
    default: false,
    help: 'with teachers: train on the photos of the questions, too, by their answers; see whether the rules of the competition allow it',
  },
  together: {
    type: 'boolean',
    default: false,
    help: 'train one network for all tasks, with a head for each, in place of one for each task',
  },
  workers: {
    type: 'integer',
    default: undefined,
    defaultHelp: 'none: this process does all work',
    min: 1,
    max: 1024,
    help: 'processes that train and predict at the same time, one for each model; calls on other machines that share the folder take part',
  },
  ...changeOptions,
} as const satisfies OptionTable;

/** The options of {@link submitOptions} with their defaults. */
export const valuesOf = (request: SubmitRequest) =>
  resolveOptions(submitOptions, pickOptions(submitOptions, request));

export function viewsOf(request: SubmitRequest): Views {
  const { crops, mirror, scales, rotations } = valuesOf(request);
  return { crops, mirror, scales, rotations };
}

/** One model of a task, or of all tasks together. */
export interface Member {
  /** The task that it answers; while it trains for several, the first. */
  task: string;
  /** The tasks that its network learns. */
  tasks: readonly string[];
  /** Number of the model, 1 … `models`. */
  model: number;
  /** The model's run folder. */
  run: string;
}

/**
 * What became of the job of a model. `begun` and `finished`: by this call. `found`: finished by another call, before or meanwhile. `lost`: its
 * process ended too early, by `how`, and another one goes on. `taken`: its process stood still, and another call took it over.
 */
export interface MemberEvent {
  what: 'begun' | 'finished' | 'found' | 'lost' | 'taken';
  member: Member;
  how?: string;
}

/** Callbacks that report the progress of {@link submit}. */
export interface SubmitObserver {
  /** Called when the data is prepared. */
  onPrepared?(manifest: Manifest): void | Promise<void>;
  /** Called with what the teachers answered for the photos without a label, in words. */
  onTaught?(sentence: string): void;
  /** Called while the teachers answer. */
  onTeaching?(progress: ClassifyProgress & { teacher: string }): void;
  /** Called with a sentence about photos that changed since an earlier call prepared them. */
  onChange?(sentence: string): void;
  /** With `workers`, called before the first job with the models that the submission has. */
  onJobs?(members: readonly Member[]): void;
  /** With `workers`, called when the job of a model begins and ends; of other calls it tells what they have finished. */
  onJob?(event: MemberEvent): void;
  /** Called for a new model with `augment: 'auto'`. */
  onAugment?(member: Member, choice: AugmentChoice): void;
  /** Called while a model is trained. */
  onTraining?(member: Member, progress: TrainProgress): void;
  /** Called after each epoch of a model. */
  onEpoch?(member: Member, record: EpochRecord): void;
  /** Called when a model is finished, but not for a model that an earlier call finished. */
  onTrained?(member: Member, result: TrainResult): Promise<void> | void;
  /** Called while a model answers the questions. */
  onPredicting?(member: Member, progress: ClassifyProgress): void;
  /** Called with the scores of a task's ensemble. */
  onScored?(evaluation: Evaluation): Promise<void> | void;
}

/** A request to {@link submit}. A repeated call for the same `out` must have the same options, once a
 * model has trained, other than `form`; `source` may be another place of the same release, and `boxes` and `questions`
 * may be left out. */
export interface SubmitRequest extends GivenValues<typeof submitOptions & typeof boxOptions> {
  /** Folder in the FashionAI layout, or a source of another layout with `questions`. */
  source: string;
  /** Folder for the prepared data, the runs, the scores and the submission. */
  out: string;
  /** Seed of the split and of the first model; each further model takes the next integer. */
  seed: number;
  /** Share of each class that validation gets, 0 to 0.9. */
  validationFraction: number;
  /**
   * Folders of runs of this data set that answer for photos without the label of a task: soft targets for all models. Mostly with
   * `together`.
   */
  teachers?: readonly string[] | undefined;
  /** A table of the parts of photos to look at, as in `PrepareOptions`. */
  boxes?: string | undefined;
  /** A table of ids that asks about images, as in `PrepareOptions`. */
  questions?: string | undefined;
  /** Folder of the images that `questions` asks about, as in `PrepareOptions`. */
  questionImages?: string | undefined;
  /**
   * What the submission looks like: the name of a form (see `submissionForms`) or the path of a file with one. Default: FashionAI's.
   */
  form?: string | undefined;
  /** How each model is trained. */
  training: Omit<
    TrainOptions,
    | 'manifest'
    | 'task'
    | 'tasks'
    | 'softTargets'
    | 'run'
    | 'classifier'
    | 'seed'
    | 'fold'
    | 'resume'
    | 'signal'
    | 'callbacks'
    | 'featureCache'
    | 'onAugment'
    | 'onFeatures'
    | 'onProgress'
    | 'onEpoch'
  >;
  /**
   * Options of single tasks, by their names, such as those that `tune` found: they are used in the place of those in `training`. A
   * repeated call must have the same.
   */
  recipes?: Readonly<Record<string, RecipeOptions>> | undefined;
  /** Callbacks that report progress. */
  observer?: SubmitObserver | undefined;
  /** Aborting saves a checkpoint and rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

// A submission's models have one split, and seeds that follow each other.
const { seed: _, fold: __, ...ownTrainOptions } = trainOptions;

/** The names and kinds of `training` in a {@link SubmitRequest}. */
export const trainingShape = {
  ...recipeOptions,
  ...ownTrainOptions,
  model: modelOptions,
  augmentation: trainAugmentationOptions,
  sources: optional(record('words by the names of options')),
} as const satisfies ShapeOf<SubmitRequest['training']>;

/** The names and kinds of {@link SubmitRequest}. */
export const submitShape = {
  ...submitOptions,
  source: text('a folder'),
  out: text('a folder'),
  seed: number,
  validationFraction: number,
  teachers: optional(list('a list of folders')),
  ...boxOptions,
  boxes: optional(text('a file')),
  questions: optional(text('a file')),
  questionImages: optional(text('a folder')),
  form: optional(text('the name of a form, or a file')),
  training: record('the options of train'),
  recipes: optional(record('options of train by the names of tasks')),
  observer: {
    onPrepared: callback,
    onTaught: callback,
    onTeaching: callback,
    onChange: callback,
    onJobs: callback,
    onJob: callback,
    onAugment: callback,
    onTraining: callback,
    onEpoch: callback,
    onTrained: callback,
    onPredicting: callback,
    onScored: callback,
  } satisfies ShapeOf<SubmitObserver>,
  signal,
} as const satisfies ShapeOf<SubmitRequest>;

/** The written submission, its answers and the models' scores, of several tasks with their means. */
export interface SubmitResult extends MeansByKind {
  manifest: Manifest;
  /** Scores of the tasks' ensembles on the validation split, without tasks that have no validation images. */
  evaluations: Evaluation[];
  /** The answers to each task's questions, by the task's name. */
  answers: Map<string, Prediction>;
  csv: string;
  zip: string;
  /** The check of the zip against the questions. */
  verification: Verification;
}
