/** Scores a classifier on a split of one task: the metrics, the confusion matrix and the worst mistakes. */
import {
  type ByteRange,
  type Manifest,
  resolveSample,
  type Sample,
  type Split,
  samplesOf,
  type Task,
} from '../dataset/index.js';
import { expected } from '../errors.js';
import {
  type ClassifyRequest,
  checkProbabilities,
  classify,
  type UnreadableFile,
} from '../prediction/index.js';
import {
  accuracy,
  averagePrecision,
  basicPrecision,
  confusionMatrix,
  meanReciprocalRank,
  topClass,
} from './metrics.js';

/** An image whose top class is not its label. */
export interface WrongAnswer {
  /** As in {@link Sample.path}. */
  path: string;
  /** Absolute. */
  file: string;
  range?: ByteRange;
  truth: string;
  prediction: string;
  /** Probability of the predicted class, 0…1. */
  probability: number;
}

/** Scores of one task on one split; every share is 0…1. */
export interface Evaluation {
  task: string;
  split: Split;
  classes: string[];
  /** Number of scored images: those of the split that could be read. */
  images: number;
  /** Share of the images whose top class is their label. */
  accuracy: number;
  /** The competition's: without the images whose top class is marked maybe. Absent if that is all of them. */
  basicPrecision?: number;
  meanReciprocalRank: number;
  /** Absent as {@link basicPrecision} is. */
  averagePrecision?: number;
  /** Accuracy of a classifier that always answers the split's most frequent class. */
  majority: number;
  /** `confusion[truth][prediction]`: numbers of images. */
  confusion: number[][];
  /** All wrong answers, the most confident first. */
  mistakes: WrongAnswer[];
  failures: UnreadableFile[];
}

/** A request to {@link evaluate}. */
export interface EvaluateRequest extends Omit<ClassifyRequest, 'files' | 'classes'> {
  manifest: Manifest;
  task: string;
  /** Default `validation`. */
  split?: Split;
}

/**
 * Classifies the images of a split and scores them. Unreadable images are left out and reported.
 *
 * @throws InvalidInputError when the task is unknown, its split has no images, or the classifier has other classes.
 */
export async function evaluate(request: EvaluateRequest): Promise<Evaluation> {
  const { manifest, task: name, split = 'validation', ...rest } = request;
  const task = taskOf(manifest, name);
  const samples = [...samplesOf(manifest, name, split)];
  if (samples.length === 0) {
    const remedy = 'Prepare the data with a larger --validation-fraction';
    throw expected(`images in the ${split} split`, `task ${name}`, 'none', remedy);
  }
  const files = samples.map((sample) => resolveSample(manifest, sample));
  const { probabilities, failures } = await classify({ ...rest, files, classes: task.classes });
  return score({ manifest, task, split, samples, probabilities, failures });
}

/** Probabilities to score: [samples, classes], with rows in the order of `samples`. */
export interface ScoreRequest {
  manifest: Manifest;
  task: Task;
  split: Split;
  samples: Sample[];
  probabilities: Float32Array;
  failures: UnreadableFile[];
}

/**
 * Scores probabilities, for example those of an ensemble.
 *
 * @throws InvalidInputError when no image could be read, and for a probability that is not finite.
 */
export function score(request: ScoreRequest): Evaluation {
  const { manifest, task, split, failures } = request;
  const { classes } = task;
  const unread = new Set(failures.map(({ index }) => index));
  const kept = request.samples.flatMap((sample, index) => {
    const row = request.probabilities.subarray(
      index * classes.length,
      (index + 1) * classes.length,
    );
    return unread.has(index) ? [] : [{ sample, row }];
  });
  checkAnswers(task, kept);
  const scored = {
    probabilities: kept.map(({ row }) => row),
    labels: kept.map(({ sample }) => sample.label),
    maybe: kept.map(({ sample }) => sample.maybe),
  };
  const confusion = confusionMatrix(scored, classes.length);
  const counts = confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  return {
    task: task.name,
    split,
    classes,
    images: kept.length,
    accuracy: accuracy(scored),
    basicPrecision: basicPrecision(scored),
    meanReciprocalRank: meanReciprocalRank(scored),
    averagePrecision: averagePrecision(scored),
    majority: Math.max(...counts) / kept.length,
    confusion,
    mistakes: kept
      .flatMap((answer) => wrongAnswer(manifest, classes, answer))
      .sort((a, b) => b.probability - a.probability),
    failures,
  };
}

interface Answer {
  sample: Sample;
  row: Float32Array;
}

function checkAnswers(task: Task, answers: readonly Answer[]): void {
  if (answers.length === 0) {
    throw expected('an image that can be read', `the scores of task ${task.name}`, 'none');
  }
  for (const { sample, row } of answers) {
    checkProbabilities(row, task.classes, () => `${sample.path} of task ${task.name}`);
  }
}

/** The answer as a list of one mistake; an empty list if it is right. */
function wrongAnswer(
  manifest: Manifest,
  classes: string[],
  { sample, row }: Answer,
): WrongAnswer[] {
  const top = topClass(row);
  if (top === sample.label) {
    return [];
  }
  return [
    {
      path: sample.path,
      file: resolveSample(manifest, sample.path),
      ...(sample.range && { range: sample.range }),
      truth: classes[sample.label] as string,
      prediction: classes[top] as string,
      probability: row[top] as number,
    },
  ];
}

function taskOf(manifest: Manifest, name: string): Task {
  const task = manifest.tasks.find((each) => each.name === name);
  if (task !== undefined) {
    return task;
  }
  throw expected(`one of ${manifest.tasks.map((each) => each.name).join(', ')}`, 'task', name);
}
