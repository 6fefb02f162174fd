/** `train`: begins or resumes a run that trains a classifier for one task, or for several. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  callback,
  checkArguments,
  list,
  optional,
  record,
  type ShapeOf,
  signal,
  text,
} from '../arguments.js';
import { checkPresence } from '../dataset/index.js';
import { inLockedFolder, isObject } from '../disk/index.js';
import { expected } from '../errors.js';
import {
  aClassifier,
  type BuiltClassifier,
  built,
  type Classifier,
  modelOptions,
  pinWeights,
} from '../model/index.js';
import type { GivenValues } from '../options.js';
import type { AugmentChoice, Augmenter, LoaderFailure, Preprocessing } from '../pipeline/index.js';
import { count } from '../plural.js';
import type { Settings } from '../settings.js';
import { type Callback, callbackList } from './callbacks/callback.js';
import { watchers } from './callbacks/warnings/list.js';
import {
  type Checkpoint,
  keepNewest,
  loadCheckpoint,
  type Position,
} from './checkpoint/checkpoint.js';
import { bestEpoch, type EpochRecord } from './history.js';
import { trainAugmentationOptions, trainOptions } from './options.js';
import { originsOf } from './origins.js';
import {
  type Plan,
  type PlanOptions,
  planOf,
  type ResolvedPlan,
  warningsOf,
  withAugmenter,
} from './plan.js';
import { sourcesOf, withRecipe } from './recipes/complete.js';
import { recipeOptions } from './recipes/options.js';
import { resumedOptions } from './resumed.js';
import type { TrainProgress } from './run/progress.js';
import { Run } from './run/run.js';
import {
  checkSameRun,
  modelSettings,
  type NetworkOptions,
  resumedModel,
  saveConfig,
  saveEpochs,
  settingsOf,
} from './settings.js';
import { settle, startingClassifier } from './start.js';
import { checkHeads, taskRecord } from './tasks/heads.js';
import { warn } from './warn.js';

/** What shapes a run. */
export interface TaskOptions extends PlanOptions, GivenValues<typeof recipeOptions> {
  /** The network to build, by default EfficientNet-Lite0 with its ImageNet weights. */
  model?: NetworkOptions | undefined;
  /** Aborting saves a checkpoint after the current step and ends the call. */
  signal?: AbortSignal | undefined;
}

export interface TrainOptions extends TaskOptions {
  /**
   * Folder of the run, for `config.json`, `history.csv`, `checkpoint/`, `best/`, which has the weights of the best epoch so
   * far, `kept/epoch-000004/` and so on, which have those of the next best ones (see `keep`), and at the end `model/`, which has
   * those of the last epoch.
   */
  run: string;
  /** Trained instead of a new network; its classes must be the task's. */
  classifier?: Classifier | undefined;
  /**
   * Resumes from the run's checkpoint, or begins without one. Options that are not given are those of the run. `epochs` may
   * have changed: the rest of the run then follows a schedule over the new number. Default false: a folder with a checkpoint is
   * refused.
   */
  resume?: boolean | undefined;
  /**
   * Where given options are from, by their names (`epochs`, `augmentation.flip`): with a recipe, comments in `config.json` say
   * this. Default `the call`.
   */
  sources?: Readonly<Record<string, string>> | undefined;
  /** What to do at the moments of the run, in the order of the list. */
  callbacks?: readonly Callback[] | undefined;
  /** Called before the first step of a new run with `augment: 'auto'`. */
  onAugment?: ((choice: AugmentChoice) => void) | undefined;
  /** Called after every step, of training and validation. */
  onProgress?: ((progress: TrainProgress) => void) | undefined;
  /** Called when an epoch's history and checkpoint are on disk. */
  onEpoch?: ((record: EpochRecord) => void) | undefined;
}

/** The names and kinds of the options that shape a run. */
export const taskShape = {
  ...recipeOptions,
  ...trainOptions,
  manifest: {
    what: 'a manifest, as prepare and loadManifest give it,',
    accepts: (value: unknown) => isObject(value) && Array.isArray(value.tasks),
  },
  task: optional(text('the name of a task')),
  tasks: optional(list('a list of names of tasks')),
  augmentation: trainAugmentationOptions,
  model: modelOptions,
  signal,
} as const satisfies ShapeOf<TaskOptions>;

const trainShape = {
  ...taskShape,
  run: text('the path of a folder'),
  classifier: optional(aClassifier),
  resume: optional({ what: 'true or false', accepts: (value) => typeof value === 'boolean' }),
  sources: optional(record('words by the names of options')),
  callbacks: callbackList,
  onAugment: callback,
  onProgress: callback,
  onEpoch: callback,
} as const satisfies ShapeOf<TrainOptions>;

export interface TrainResult {
  classifier: BuiltClassifier;
  /** A record for each finished epoch, also those before the run was resumed. */
  history: EpochRecord[];
  /**
   * The epoch whose weights are in `run/best`: by default that of the highest validation accuracy, of several that of the lowest
   * validation loss; see `bestBy`. Undefined without validation images.
   */
  best: EpochRecord | undefined;
  /** Images of both splits that this call could not use. */
  failures: LoaderFailure[];
  /** False when the signal or a callback ended the run early; `resume` continues it. */
  finished: boolean;
  /** True when the run ended before its last epoch, since none was better within `patience`. */
  endedEarly: boolean;
  /** True when an earlier call had finished the run, and this one trained nothing. */
  wasFinished: boolean;
}

/**
 * Trains a classifier for one task, or one for several, and saves it, after the last epoch, in `run/model`. `run/best` has the weights of the
 * best epoch.
 *
 * The same options and data give the same weights on the same machine, whether the run was interrupted or
 * not. With `augment: 'gpu'` they are nearly the same, since the GPU and the CPU share the decoding by
 * their current speed. Steps run on another thread, while the event loop turns and the next batches are
 * rendered; only the first step of each shape, which is traced, blocks the event loop.
 *
 * Options that are valid but probably not meant, such as batches larger than the data, give a warning of the process
 * (`BOBBIN_TRAIN`) when the run begins.
 *
 * @throws InvalidInputError when an option is out of its range or belongs to another optimizer, when a
 *   resumed run has other options or data, when the classifier has other classes, and when another
 *   call works in `run`
 */
export async function train(given: TrainOptions): Promise<TrainResult> {
  checkArguments('train', given, trainShape);
  const { resume, run, signal } = given;
  const known = await (resume === true ? resumedOptions(run, given) : withRecipe(given));
  const pretrained = await pinWeights(known.model?.pretrained, signal);
  const options =
    pretrained === undefined ? known : { ...known, model: { ...known.model, pretrained } };
  const plan = planOf(options);
  const sources = sourcesOf(given, options, given.sources);
  await checkPresence(options.manifest, plan.training);
  return await inLockedFolder(run, 'run', () => trainLocked(options, plan, sources));
}

/** A call that is rejected frees the classifier, which then no caller holds, unless the caller gave it. */
async function trainLocked(
  options: TrainOptions,
  plan: Plan,
  sources: readonly string[],
): Promise<TrainResult> {
  const checkpoint = await loadCheckpoint(options.run);
  const classifier = checkpoint?.classifier ?? (await startingClassifier(plan, options));
  try {
    await keepNewest(options.run);
    const start = checkpoint
      ? await resume(options, plan, checkpoint)
      : await begin(options, plan, { classifier, sources });
    return await trainFrom(start, { ...options, classifier, checkpoint });
  } catch (error) {
    if (classifier !== options.classifier) {
      classifier.model.dispose();
    }
    throw error;
  }
}

async function trainFrom(
  start: Start,
  given: TrainOptions & { classifier: Classifier; checkpoint: Checkpoint | undefined },
): Promise<TrainResult> {
  const folder = given.run;
  const { fold, bestBy } = start.plan.values;
  const { preprocessing } = start;
  const classifier = { ...given.classifier, preprocessing, ...taskRecord(start.plan), fold };
  const callbacks = [...(given.callbacks ?? []), ...watchers()];
  const run = new Run({ ...given, ...start, classifier, folder, callbacks });
  try {
    const wasFinished = run.isFinished;
    const finished = await run.toEnd();
    const { history, failures } = run;
    const best = hasBest(folder) ? bestEpoch(history, bestBy) : undefined;
    const endedEarly = finished && history.length < start.plan.values.epochs;
    return {
      classifier: built(classifier),
      history,
      best,
      failures,
      finished,
      endedEarly,
      wasFinished,
    };
  } finally {
    run.close();
  }
}

/** An earlier version wrote none. */
const hasBest = (run: string): boolean => existsSync(path.join(run, 'best', 'model.json'));

/** Where a run starts from. */
interface Start {
  plan: ResolvedPlan;
  settings: Settings;
  preprocessing: Preprocessing;
}

/** With `augment: 'auto'`, the choice made when the run began stands. */
async function resume(
  { run, resume, model, recipe }: TrainOptions,
  plan: Plan,
  { classifier, settings: saved, position }: Checkpoint,
): Promise<Start> {
  if (resume !== true) {
    const remedy =
      'It already has a run: continue it with --resume (in a program `resume: true`), or name another folder';
    throw expected('a folder without a run', 'run', run, remedy);
  }
  checkHeads(classifier, plan);
  const { augment, epochs } = plan.values;
  const chosen = augment === 'auto' ? (saved.augment as Augmenter) : augment;
  const resolved = withAugmenter(plan, chosen);
  const settings = settingsOf(resolved, { model: resumedModel(saved.model, model), recipe });
  checkSameRun(run, saved, settings);
  checkEpochs(epochs, position);
  // Version 0.1.0 saved runs that had diverged.
  const spoilt = position.history.find(({ loss }) => !Number.isFinite(loss));
  if (spoilt !== undefined) {
    const name = `epoch ${spoilt.epoch} of the checkpoint in ${run}`;
    throw expected(
      'a finite loss',
      name,
      Number.NaN,
      'Its weights are lost: train into another folder',
    );
  }
  if (epochs !== saved.epochs) {
    warn(
      `${run} had ${count(saved.epochs as number, 'epoch')}: the rest now follows the schedule of ${epochs}.`,
    );
  }
  await saveEpochs(run, epochs);
  return { plan: resolved, settings, preprocessing: classifier.preprocessing };
}

/** A checkpoint within an epoch needs the rest of that epoch. */
function checkEpochs(epochs: number, { epoch, batch }: Position): void {
  const begun = epoch + (batch > 0 ? 1 : 0);
  if (epochs < begun) {
    const wanted = `at least ${begun}, as many as the run has begun,`;
    throw expected(wanted, 'epochs', epochs, 'For fewer, train into another folder');
  }
}

async function begin(
  options: TrainOptions,
  plan: Plan,
  { classifier, sources }: { classifier: Classifier; sources: readonly string[] },
): Promise<Start> {
  const { run, manifest, onAugment } = options;
  const settled = await settle(plan, manifest, classifier);
  if (settled.choice !== undefined) {
    onAugment?.(settled.choice);
  }
  // No options describe a given classifier.
  const model =
    options.classifier === undefined ? modelSettings(classifier, options.model) : undefined;
  const origins = await originsOf(classifier, model?.pretrained);
  await saveConfig(run, settled.plan, { model, notes: [...settled.notes, ...origins, ...sources] });
  warningsOf(plan).forEach(warn);
  const settings = settingsOf(settled.plan, { model, recipe: options.recipe });
  return { plan: settled.plan, settings, preprocessing: settled.preprocessing };
}
