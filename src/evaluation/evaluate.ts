/** Scores one classifier, or the mean of several, on a split of one task. */
import {
  type ImageFile,
  type Manifest,
  resolveSample,
  type Samples,
  type Split,
  samplesOf,
  type Task,
} from '../dataset/index.js';
import { conflict, expected, missing } from '../errors.js';
import type { Classifier } from '../model/index.js';
import { secondsLeft } from '../pace.js';
import {
  type ClassifyProgress,
  type ClassifyRequest,
  ensemble,
  predict,
  type UnreadableFile,
} from '../prediction/index.js';
import { type Evaluation, type ScoredSplit, Scorer } from './scorer.js';

/** A request to {@link evaluate}, with `classifier` or with `classifiers`. */
export interface EvaluateRequest extends Omit<ClassifyRequest, 'files' | 'classes' | 'classifier'> {
  manifest: Manifest;
  task: string;
  /** Default `validation`. */
  split?: Split;
  classifier?: Classifier;
  /** Members of an ensemble: the weighted mean of their probabilities is scored. */
  classifiers?: readonly Classifier[];
  /** One number of at least 0 for each of `classifiers`. Default: all 1. */
  weights?: number[];
}

/** Probabilities computed at once; 64 MB for each member of an ensemble. */
const valuesOfPiece = 2 ** 24;

/**
 * Classifies the images of a split and scores them. Unreadable images are left out and reported. Memory does not depend on the
 * number of classes: probabilities are computed and scored piece by piece.
 *
 * @throws InvalidInputError when the task is unknown, its split has no images or none that can be read, or a classifier has other
 *   classes.
 */
export async function evaluate(request: EvaluateRequest): Promise<Evaluation> {
  const { manifest, task: name, split = 'validation', classifier, classifiers, ...rest } = request;
  const task = taskOf(manifest, name);
  const samples = samplesOf(manifest, name, split);
  if (samples.length === 0) {
    const remedy = 'Prepare the data with a larger --validation-fraction';
    throw missing(`images in the ${split} split`, `task ${name}`, remedy);
  }
  const scorer = new Scorer({ manifest, task, split, samples });
  const failures: UnreadableFile[] = [];
  const work = { ...rest, classes: task.classes, members: membersOf(classifier, classifiers) };
  for await (const piece of predictPieces(work, manifest, samples)) {
    addRows(scorer, piece);
    for (const { index, ...failure } of piece.failures) {
      failures.push({ index: piece.start + index, ...failure });
    }
  }
  return scorer.evaluation(failures);
}

/** Probabilities to score: [samples, classes], with rows in the order of `samples`. */
export interface ScoreRequest extends ScoredSplit {
  probabilities: Float32Array;
  failures: UnreadableFile[];
}

/**
 * Scores probabilities, for example those of an ensemble.
 *
 * @throws InvalidInputError when no image could be read, and for a probability that is not finite.
 */
export function score({ probabilities, failures, ...split }: ScoreRequest): Evaluation {
  const scorer = new Scorer(split);
  addRows(scorer, { samples: split.samples, probabilities, failures });
  return scorer.evaluation(failures);
}

interface Rows {
  samples: Samples;
  /** [samples, classes] */
  probabilities: Float32Array;
  failures: UnreadableFile[];
}

function addRows(scorer: Scorer, { samples, probabilities, failures }: Rows): void {
  const unread = new Set(failures.map(({ index }) => index));
  const classes = probabilities.length / samples.length;
  let index = 0;
  for (const sample of samples) {
    if (!unread.has(index)) {
      scorer.add(sample, probabilities.subarray(index * classes, (index + 1) * classes));
    }
    index++;
  }
}

interface Work extends Omit<ClassifyRequest, 'files' | 'classifier'> {
  classes: string[];
  members: readonly Classifier[];
  weights?: number[];
}

/** Mean probabilities of the members for consecutive samples; indices of failures count from `start`. */
async function* predictPieces(
  { members, weights, onProgress, ...rest }: Work,
  manifest: Manifest,
  samples: Samples,
): AsyncGenerator<Rows & { start: number }> {
  const length = Math.max(1, Math.floor(valuesOfPiece / rest.classes.length));
  const total = samples.length * members.length;
  let done = 0;
  const report = (state: ClassifyProgress) => {
    const images = total - done - state.done;
    onProgress?.({
      ...state,
      done: done + state.done,
      total,
      secondsLeft: secondsLeft(state, { images }),
    });
  };
  for (let start = 0; start < samples.length; start += length) {
    const piece = samples.slice(start, start + length);
    const files = piece.map((sample): ImageFile => resolveSample(manifest, sample));
    const predictions = [];
    for (const classifier of members) {
      predictions.push(await predict({ ...rest, classifier, files, onProgress: report }));
      done += files.length;
    }
    yield { start, samples: piece, ...ensemble(predictions, weights) };
  }
}

function membersOf(
  classifier: Classifier | undefined,
  classifiers: readonly Classifier[] | undefined,
): readonly Classifier[] {
  if (classifier !== undefined && classifiers !== undefined) {
    throw conflict('classifier', 'classifiers', 'Give one of them');
  }
  const members = classifiers ?? (classifier === undefined ? [] : [classifier]);
  if (members.length === 0) {
    throw missing('classifier, or classifiers of an ensemble,', 'evaluate');
  }
  return members;
}

function taskOf(manifest: Manifest, name: string): Task {
  const task = manifest.tasks.find((each) => each.name === name);
  if (task !== undefined) {
    return task;
  }
  throw expected(`one of ${manifest.tasks.map((each) => each.name).join(', ')}`, 'task', name);
}
