/** Training a classifier for one task: the call that begins a run or takes it up again. */
import { expected } from '../errors.js';
import { type Classifier, createModel, type ModelOptions, setTrainable } from '../model/index.js';
import type { AugmentChoice, Augmenter, LoaderFailure } from '../pipeline/index.js';
import { chooseForRun } from './augment.js';
import { type Checkpoint, loadCheckpoint } from './checkpoint.js';
import type { EpochRecord } from './history.js';
import { lockRun } from './lock.js';
import { type Plan, type PlanOptions, planOf, type ResolvedPlan, withAugmenter } from './plan.js';
import type { TrainProgress } from './progress.js';
import { Run } from './run.js';
import { checkSameRun, saveConfig } from './settings.js';

export interface TrainOptions extends PlanOptions {
  /** Folder of the run: gets `config.json`, `history.csv`, `checkpoint/` and at the end `model/`. */
  run: string;
  /** The network to build, by default EfficientNet-Lite0 with its ImageNet weights. */
  model?: Partial<Pick<ModelOptions, 'architecture' | 'pretrained' | 'size'>>;
  /** Trained in place of a new network; its classes must be the task's. */
  classifier?: Classifier;
  /** Go on from the run's checkpoint; without one, begin. Default false: a run with a checkpoint is refused. */
  resume?: boolean;
  /** When aborted, the run saves a checkpoint after the step at hand and returns. */
  signal?: AbortSignal;
  /** Called before the first step of a new run with `augment: 'auto'`. */
  onAugment?: (choice: AugmentChoice) => void;
  /** Called after every step, of training and validation. */
  onProgress?: (progress: TrainProgress) => void;
  /** Called once an epoch's history and checkpoint are on disk. */
  onEpoch?: (record: EpochRecord) => void;
}

export interface TrainResult {
  classifier: Classifier;
  /** One record a finished epoch, those before a resumption included. */
  history: EpochRecord[];
  /** Images that could not be used, of both splits, since the call. */
  failures: LoaderFailure[];
  /** False when the signal stopped the run; `resume` continues it. */
  finished: boolean;
}

/**
 * Trains a classifier for one task and leaves it, after the last epoch, in `run/model`.
 *
 * The same options and data give the same weights on the same machine, whether the run was stopped and
 * resumed or not; where a GPU augments, nearly the same, since who decodes a file depends on who has the
 * time. Steps run on another thread, except for the first of each shape, which is traced; meanwhile the
 * event loop turns and the next batches are rendered.
 *
 * @throws InvalidInputError for an option out of its range, for a resumed run with other options or
 *   data, for a classifier of other classes, and where another training is under way in `run`
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const plan = planOf(options);
  const unlock = await lockRun(options.run);
  try {
    return await trainLocked(options, plan);
  } finally {
    await unlock();
  }
}

async function trainLocked(options: TrainOptions, plan: Plan): Promise<TrainResult> {
  const checkpoint = await loadCheckpoint(options.run);
  const start =
    checkpoint === undefined ? await begin(options, plan) : resume(options, plan, checkpoint);
  const { classifier } = start;
  const run = new Run({ ...options, ...start, checkpoint, folder: options.run });
  try {
    const finished = await run.toEnd();
    return { classifier, history: run.history, failures: run.failures, finished };
  } finally {
    run.close();
  }
}

/** Where a run starts from. */
interface Start {
  plan: ResolvedPlan;
  classifier: Classifier;
}

/** What was chosen when the run began holds. */
function resume(
  { run, resume }: TrainOptions,
  plan: Plan,
  { classifier, settings }: Checkpoint,
): Start {
  if (resume !== true) {
    throw expected('a folder without a run', 'run', run, 'Resume it, or name another');
  }
  const { augment } = plan.values;
  const chosen = augment === 'auto' ? (settings.augment as Augmenter) : augment;
  const resolved = withAugmenter(plan, chosen);
  checkSameRun(run, settings, resolved);
  return { plan: resolved, classifier };
}

async function begin(options: TrainOptions, plan: Plan): Promise<Start> {
  const { run, manifest, onAugment } = options;
  const classifier = await startingClassifier(options, plan);
  const { augment } = plan.values;
  const choice =
    augment === 'auto' ? await chooseForRun(plan, manifest, classifier.preprocessing) : undefined;
  if (choice !== undefined) {
    onAugment?.(choice);
  }
  const resolved = withAugmenter(plan, choice?.augment ?? (augment as Augmenter));
  // A given classifier is none that options describe.
  const model = options.classifier === undefined ? options.model : undefined;
  await saveConfig(run, resolved, { model, reason: choice?.reason });
  return { plan: resolved, classifier };
}

async function startingClassifier(
  { classifier, model }: TrainOptions,
  { values, classes }: Plan,
): Promise<Classifier> {
  const { trainable, seed } = values;
  if (classifier === undefined) {
    const network = { architecture: 'efficientnet-lite0', pretrained: true, ...model } as const;
    return createModel({ ...network, classes, trainable, seed });
  }
  if (String(classifier.classes) !== String(classes)) {
    throw expected(`classes ${classes.join(', ')}`, 'classifier', classifier.classes.join(', '));
  }
  setTrainable(classifier.model, trainable);
  return classifier;
}
