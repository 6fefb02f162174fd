/** Scores one classifier, or the mean of several, on a split of one task. */
import {
  callback,
  checkArguments,
  choice,
  optional,
  record,
  type ShapeOf,
  text,
} from '../arguments.js';
import { joined } from '../cluster/index.js';
import {
  checkPresence,
  digestOf,
  type Manifest,
  resolveSamples,
  type Sample,
  type Samples,
  type Split,
  type Task,
  taskOf,
} from '../dataset/index.js';
import { checkTarget } from '../disk/index.js';
import { expected, missing } from '../errors.js';
import type { UnreadableFile } from '../features/index.js';
import { aClassifier, type Classifier, headsOf, partOf } from '../model/index.js';
import {
  type Classifiers,
  type ClassifyProgress,
  type ClassifyRequest,
  classifyBatches,
  classifyShape,
} from '../prediction/index.js';
import { LabelsScorer } from './labels-scorer.js';
import { classifiersOf, type Part, partsOf } from './parts.js';
import { type ScoredRow, writePredictions } from './predictions.js';
import {
  type Evaluation,
  type OnResampled,
  type RowScorer,
  type ScoredSplit,
  Scorer,
} from './scorer.js';

/** A request to {@link evaluate}, with `classifier`, or with `classifiers` to score the mean of their probabilities. */
export interface EvaluateRequest extends Omit<ClassifyRequest, 'files' | 'classes' | 'task'> {
  /** The prepared data set. */
  manifest: Manifest;
  /** Name of one of the manifest's tasks. A classifier of several heads answers with that of this task. */
  task: string;
  /** Default `validation`. */
  split?: Split | undefined;
  /**
   * A file for the probabilities of each image, in CSV: a line with `path`, `offset` in a shard, `task`, `fold`, `label` and `maybe` (or
   * `labels`, with `|` between them) and `p_NAME` for each class. Images that could not be read are left out.
   */
  predictions?: string | undefined;
  /** Gets the scores and those of each resample: `meansOf` computes the means of several tasks, and their intervals, from them. */
  onResampled?: OnResampled | undefined;
}

const { files: _files, classes: _classes, ...answering } = classifyShape;
const shape = {
  ...answering,
  manifest: record('a manifest, as prepare and loadManifest give it,'),
  task: text('the name of a task'),
  split: optional(choice('train', 'validation')),
  predictions: optional(text('a file')),
  onResampled: callback,
} satisfies ShapeOf<EvaluateRequest>;

/**
 * Classifies the images of a split and scores them. Classifiers that were trained on folds of the data each answer for the fold that
 * was held back: those of all folds score all images out of fold. Unreadable images are left out and reported. Of each image only
 * its answer is kept, so memory does not depend on the number of classes times that of images; but a task of any number of labels
 * keeps all probabilities, 4 bytes each.
 *
 * In a cluster (see `cluster`) all workers call it together, with the same data, classifiers and options. They divide the images,
 * and each gets the whole evaluation; worker 0 alone writes `predictions`.
 *
 * @throws InvalidInputError when an argument is unknown or of another kind, when the task is unknown, when its split has no images
 *   or none that can be read, and as `classifyBatches` does.
 */
export async function evaluate(request: EvaluateRequest): Promise<Evaluation> {
  checkArguments('evaluate', request, shape);
  const { predictions, ...rest } = request;
  if (predictions === undefined || joined()?.isChief === false) {
    return await evaluateRows(rest);
  }
  await checkTarget(predictions, 'file', 'predictions');
  const task = taskOf(rest.manifest, rest.task);
  return await writePredictions(predictions, task, (add) => evaluateRows(rest, add));
}

/** Takes the rows of each batch. */
export type AddRows = (rows: readonly ScoredRow[]) => Promise<void>;

/** Scores a checked request as {@link evaluate} does. */
export async function evaluateRows(
  {
    manifest,
    task: name,
    split = 'validation',
    onProgress,
    onResampled,
    ...rest
  }: Omit<EvaluateRequest, 'predictions'>,
  add?: AddRows,
): Promise<Evaluation> {
  const task = taskOf(manifest, name);
  const given = { ...rest, ...answeringFor(task, rest) };
  const parts = partsOf({ manifest, task: name, split }, given);
  const total = parts.reduce((sum, { samples }) => sum + samples.length, 0);
  if (total === 0) {
    const remedy =
      'Prepare the data with a larger --validation-fraction (in a program `validationFraction`)';
    throw missing(`images in the ${split} split`, `task ${name}`, remedy);
  }
  const scored = { manifest, task, split };
  const evaluation = await scoreParts(
    { scored, parts, total, given, onProgress, onResampled },
    add,
  );
  const [only, ...others] = classifiersOf(given);
  const epoch = others.length === 0 ? only?.epoch : undefined;
  return { ...evaluation, ...(epoch !== undefined && { epoch }) };
}

/** The parts of the classifiers that answer a task. Their probabilities must mean what the task's labels are. */
function answeringFor(
  task: Task,
  given: Classifiers,
): Pick<Classifiers, 'classifier' | 'classifiers'> {
  const { labels = 'one' } = task;
  const answering = (classifier: Classifier) => {
    if (!aClassifier.accepts(classifier)) {
      // Classifying says what it is instead.
      return classifier;
    }
    const part = partOf(classifier, task.name);
    const [head] = headsOf(part);
    if (head?.labels !== labels) {
      const remedy = 'Train a network on this data';
      throw expected(`a head for ${inWords[labels]}`, `task ${task.name}`, head?.labels, remedy);
    }
    return part;
  };
  const { classifier, classifiers } = given;
  return {
    classifier: classifier && answering(classifier),
    classifiers: classifiers?.map(answering),
  };
}

const inWords = { one: 'one label an image', any: 'any number of labels an image' };

interface Work {
  scored: Omit<ScoredSplit, 'samples'>;
  parts: readonly Part[];
  /** Images of all parts. */
  total: number;
  given: Omit<ClassifyRequest, 'files' | 'classes' | 'task'>;
  onProgress: ((state: ClassifyProgress) => void) | undefined;
  onResampled: OnResampled | undefined;
}

/** Scores all parts; `add` gets the rows of each batch. */
async function scoreParts(
  { scored, parts, total, given, onProgress, onResampled }: Work,
  add?: AddRows,
): Promise<Evaluation> {
  const { manifest, task, split } = scored;
  const scorer = scorerOf(scored, onResampled);
  const failures: UnreadableFile[] = [];
  let [start, computed] = [0, 0];
  for (const { samples, answering } of parts) {
    await checkPresence(manifest, samples);
    if (split === 'validation') {
      warnOfOthers({ manifest, task, samples }, classifiersOf(answering));
    }
    const before = start;
    const computedBefore = computed;
    const requested = {
      ...{
        ...given,
        ...answering,
        files: resolveSamples(manifest, samples),
        classes: task.classes,
      },
      onProgress:
        onProgress &&
        ((state: ClassifyProgress) => {
          computed = computedBefore + state.computed;
          onProgress({ ...state, done: before + state.done, total, computed });
        }),
    };
    for await (const batch of classifyBatches(requested)) {
      const rows = [...rowsOf(samples, batch)];
      for (const { sample, row } of rows) {
        scorer.add(sample, row);
      }
      await add?.(rows);
      failures.push(...batch.failures.map((each) => ({ ...each, index: before + each.index })));
    }
    start += samples.length;
  }
  return scorer.evaluation(failures);
}

const scorerOf = (scored: Omit<ScoredSplit, 'samples'>, onResampled?: OnResampled): RowScorer =>
  scored.task.labels === 'any'
    ? new LabelsScorer(scored, onResampled)
    : new Scorer(scored, onResampled);

/** Warns where a classifier that was trained for the task may have been trained on images of the split. */
function warnOfOthers(
  { manifest, task, samples }: Omit<ScoredSplit, 'split'>,
  classifiers: readonly Classifier[],
): void {
  const records = classifiers.filter(({ task: trained }) => trained === task.name);
  const own = records.some((each) => each.validationImages !== undefined) ? digestOf(samples) : '';
  if (records.some(({ validationImages = own }) => validationImages !== own)) {
    process.emitWarning(
      `The validation images of task ${task.name} in ${manifest.root} are not those of the classifier's training: it may have been trained on some of them, and then the scores are too high.`,
      { code: 'BOBBIN_EVALUATE' },
    );
  }
}

/** Probabilities to score: [samples, classes], with rows in the order of `samples`. */
export interface ScoreRequest extends ScoredSplit {
  probabilities: Float32Array;
  failures: UnreadableFile[];
  /** `meansOf` computes the means of several tasks from what it gets. */
  onResampled?: OnResampled | undefined;
}

/**
 * Scores probabilities, for example those of an ensemble.
 *
 * @throws InvalidInputError when no image could be read, and for a probability that is not finite.
 */
export function score({
  probabilities,
  failures,
  samples,
  onResampled,
  ...split
}: ScoreRequest): Evaluation {
  const scorer = scorerOf(split, onResampled);
  const { length: count } = samples;
  for (const { sample, row } of rowsOf(samples, { start: 0, count, probabilities, failures })) {
    scorer.add(sample, row);
  }
  return scorer.evaluation(failures);
}

/** Rows of consecutive samples: [count, classes]. */
interface Rows {
  /** Index of the first sample. */
  start: number;
  count: number;
  probabilities: Float32Array;
  failures: readonly UnreadableFile[];
}

/** The rows of the images that could be read, which share the memory of the probabilities. */
function* rowsOf(
  samples: Samples,
  { start, count, probabilities, failures }: Rows,
): Generator<ScoredRow> {
  const unread = new Set(failures.map(({ index }) => index));
  const classes = probabilities.length / count;
  for (let row = 0; row < count; row++) {
    if (!unread.has(start + row)) {
      const sample = samples.at(start + row) as Sample;
      yield { sample, row: probabilities.subarray(row * classes, (row + 1) * classes) };
    }
  }
}
