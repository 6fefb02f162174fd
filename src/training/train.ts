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
import type { ImageProgress } from '../features/index.js';
import {
  aClassifier,
  type BuiltClassifier,
  built,
  type Classifier,
  modelOptions,
  pinWeights,
} from '../model/index.js';
import type { GivenValues } from '../options.js';
import type { AugmentChoice, LoaderFailure } from '../pipeline/index.js';
import { type Callback, callbackList } from './callbacks/callback.js';
import { watchers } from './callbacks/warnings/list.js';
import { keepNewest, loadCheckpoint } from './checkpoint/checkpoint.js';
import { saveEnvironment } from './environment.js';
import { featureSources } from './features/sources.js';
import { bestEpoch, type EpochRecord } from './history.js';
import { trainAugmentationOptions, trainOptions } from './options.js';
import { type Plan, type PlanOptions, planOf } from './plan.js';
import { sourcesOf, withRecipe } from './recipes/complete.js';
import { recipeOptions } from './recipes/options.js';
import { resumedOptions } from './resumed.js';
import type { TrainProgress } from './run/progress.js';
import { Run, type RunStart } from './run/run.js';
import type { NetworkOptions } from './settings.js';
import { begin, resume, type Start, startingClassifier } from './start.js';
import { taskRecord } from './tasks/heads.js';
import { loadSoftTargets } from './tasks/soft-targets.js';
import { clusterOfTraining, resumes } from './workers/resumed.js';
import { startTogether, workersOf } from './workers/start.js';
import type { Workers } from './workers/workers.js';

/** What shapes a run. */
export interface TaskOptions extends PlanOptions, GivenValues<typeof recipeOptions> {
  /**
   * A file of soft targets, as `teach` writes it: answers of teachers for images that lack the label of a task. The images of other
   * tasks and of questions that have answers are trained on, too; validation has labels alone. A resumed run needs the same file.
   */
  softTargets?: string | undefined;
  /** The network to build, by default EfficientNet-Lite0 with its ImageNet weights. */
  model?: NetworkOptions | undefined;
  /** Aborting saves a checkpoint after the current step and ends the call. */
  signal?: AbortSignal | undefined;
}

export interface TrainOptions extends TaskOptions {
  /**
   * Folder of the run, for `config.json`, `environment.json`, `history.csv`, `checkpoint/`, `best/`, which has the weights of the best epoch so
   * far, `kept/epoch-000004/` and so on, which have those of the next best ones (see `keep`), and at the end `model/`, which has
   * those of the last epoch.
   */
  run: string;
  /** Trained instead of a new network; its classes must be the task's. */
  classifier?: Classifier | undefined;
  /**
   * Resumes from the run's checkpoint, or begins without one. Options that are not given are those of the run. `epochs` may
   * have changed: the rest of the run then follows a schedule over the new number. Default false: a folder with a checkpoint is
   * refused. In a cluster, worker 0's counts.
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
  /** With `featureViews`, the folder that keeps features; default `features` in Bobbin's cache. */
  featureCache?: string | undefined;
  /** Called with `featureViews`, before the first epoch: after each batch of views whose features were not in the cache. */
  onFeatures?: ((progress: ImageProgress) => void) | undefined;
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
  softTargets: optional(text('the path of a file of soft targets')),
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
  featureCache: optional(text('the path of a folder')),
  onFeatures: callback,
  onProgress: callback,
  onEpoch: callback,
} as const satisfies ShapeOf<TrainOptions>;

/** What a training ends with. */
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
 * In a cluster (see `cluster`) all workers call it together, with the same options and data. They divide each batch of
 * `batchSize` images, and the result is that of one process, but for the rounding of sums. Only worker 0 writes `run`; the others
 * need no such folder. Callbacks are called on each worker.
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
  const { run, signal } = given;
  const isResumed = await resumes(given.resume === true);
  const known = await (isResumed ? resumedOptions(run, given) : withRecipe(given));
  const pretrained = await pinWeights(known.model?.pretrained, signal);
  const options =
    pretrained === undefined ? known : { ...known, model: { ...known.model, pretrained } };
  const plan = await planWithTargets(options);
  const sources = sourcesOf(given, options, given.sources);
  await checkPresence(options.manifest, plan.training);
  const workers = workersOf(clusterOfTraining(), plan);
  const work = () => trainLocked(options, plan, { sources, workers });
  // Only worker 0 writes.
  return workers === undefined || workers.isChief
    ? await inLockedFolder(run, 'run', work)
    : await work();
}

/** {@link planOf} with the soft targets in the file that the options name. */
export async function planWithTargets(options: TaskOptions): Promise<Plan> {
  const { softTargets: file } = options;
  return planOf(options, file === undefined ? undefined : await loadSoftTargets(file));
}

/** A call that is rejected frees the classifier, which then no caller holds, unless the caller gave it. */
async function trainLocked(
  options: TrainOptions,
  plan: Plan,
  { sources, workers }: { sources: readonly string[]; workers: Workers | undefined },
): Promise<TrainResult> {
  const isChief = workers === undefined || workers.isChief;
  const checkpoint = isChief ? await loadCheckpoint(options.run) : undefined;
  const classifier = checkpoint?.classifier ?? (await startingClassifier(plan, options));
  const starting = async () => {
    await keepNewest(options.run);
    const start = checkpoint
      ? await resume(options, plan, checkpoint, workers?.count)
      : await begin(options, plan, { classifier, sources });
    await saveEnvironment(options.run);
    return { ...start, position: checkpoint?.position };
  };
  try {
    const { run } = options;
    const start = workers
      ? await startTogether(workers, { plan, classifier, run }, starting)
      : await starting();
    const { position } = start;
    const from = position && { position, slots: checkpoint?.slots };
    const train = () => trainFrom(start, { ...options, classifier, checkpoint: from, workers });
    return await (workers ? workers.orNone(train) : train());
  } catch (error) {
    if (classifier !== options.classifier) {
      classifier.model.dispose();
    }
    throw error;
  }
}

async function trainFrom(
  start: Start,
  given: TrainOptions & {
    classifier: Classifier;
    checkpoint: RunStart | undefined;
    workers: Workers | undefined;
  },
): Promise<TrainResult> {
  const { run: folder, workers } = given;
  const isChief = workers === undefined || workers.isChief;
  const { fold, bestBy } = start.plan.values;
  const { preprocessing } = start;
  const classifier = { ...given.classifier, preprocessing, ...taskRecord(start.plan), fold };
  // The others would say the same.
  const callbacks = [...(given.callbacks ?? []), ...(isChief ? watchers() : [])];
  const features = await featureSources({
    ...{ ...start, manifest: given.manifest, classifier, place: workers, signal: given.signal },
    ...{ cache: given.featureCache, onProgress: given.onFeatures },
  });
  const run = new Run({ ...given, ...start, classifier, folder, callbacks, features });
  try {
    const wasFinished = run.isFinished;
    const finished = await run.toEnd();
    // Before the first one ends, which the others would miss.
    await workers?.meet('end');
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
