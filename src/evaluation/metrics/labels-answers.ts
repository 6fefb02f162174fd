/** Answers of a task of any number of labels: an image is answered with each class whose probability reaches its threshold. */
import {
  curveAveragePrecision,
  curveFrom,
  curveThreshold,
  middleThreshold,
} from './class-curve.js';
import { type ClassScore, type MeanScores, scoreOf } from './class-scores.js';
import { completeFolds } from './folds.js';

/**
 * Predictions of n images over c classes, of which an image may show any number: n rows of c finite probabilities, and n lists of labels
 * in 0 … c − 1, each once. An image with an empty list shows none of the classes.
 */
export interface LabelsScored {
  probabilities: readonly ArrayLike<number>[];
  labels: readonly (readonly number[])[];
  /** The fold of each image, undefined where it has none. */
  folds?: readonly (number | undefined)[] | undefined;
}

/** What the images were answered with, and the scores of the classes that follow. */
export interface LabelsAnswers {
  /** For each image the classes that it is answered with, ascending. */
  answered: number[][];
  classScores: ClassScore[];
}

/**
 * Answers and scores of all classes. The threshold of each class is `threshold` if that is given. Otherwise, if the images have folds,
 * see {@link completeFolds}, each fold has the threshold with the greatest F1 on the others, so no image has a part in the one that it
 * is judged by; without folds it is 0.5.
 */
export function answerLabels(
  scored: LabelsScored,
  classes: readonly string[],
  threshold?: number,
): LabelsAnswers {
  const answered: number[][] = scored.labels.map(() => []);
  const folds = threshold === undefined ? completeFolds(scored.folds ?? []) : undefined;
  return {
    answered,
    classScores: classes.map((name, index) =>
      scoreClass({ name, index }, scored, { answered, threshold, folds }),
    ),
  };
}

interface Answering {
  answered: number[][];
  threshold: number | undefined;
  folds: readonly number[] | undefined;
}

/** Scores a class, and adds it to the answers of the images whose probability reaches their threshold. */
function scoreClass(
  { name, index }: { name: string; index: number },
  { probabilities, labels }: LabelsScored,
  { answered, threshold = middleThreshold, folds }: Answering,
): ClassScore {
  const shown = labels.map((each) => each.includes(index));
  const scores = Float64Array.from(probabilities, (row) => row[index] as number);
  const counts = { name, images: 0, predicted: 0, right: 0 };
  const ofFolds = folds && foldThresholds(shown, scores, folds);
  for (const [image, own] of answered.entries()) {
    const isShown = shown[image] === true;
    const isAnswered =
      (scores[image] as number) >= (ofFolds?.get(folds?.[image] as number) ?? threshold);
    counts.images += isShown ? 1 : 0;
    counts.predicted += isAnswered ? 1 : 0;
    counts.right += isShown && isAnswered ? 1 : 0;
    if (isAnswered) {
      own.push(index);
    }
  }
  const curve = curveFrom(shown, scores);
  const ofAll = folds === undefined ? threshold : curveThreshold(curve);
  return {
    ...scoreOf(counts),
    averagePrecision: curveAveragePrecision(curve),
    threshold: ofAll ?? middleThreshold,
  };
}

/** The threshold of each fold, chosen on all others; the middle one where none of them shows the class. */
function foldThresholds(
  shown: readonly boolean[],
  scores: Float64Array,
  folds: readonly number[],
): Map<number, number> {
  const thresholds = new Map<number, number>();
  for (const fold of new Set(folds)) {
    const others = curveFrom(shown, scores, (image) => folds[image] !== fold);
    thresholds.set(fold, curveThreshold(others) ?? middleThreshold);
  }
  return thresholds;
}

/** Precision, recall and F1 of all answers of all classes together; 0 where they are 0/0. */
export function microScores(scores: readonly ClassScore[]): MeanScores {
  const sum = (part: 'images' | 'predicted' | 'right') =>
    scores.reduce((total, score) => total + score[part], 0);
  const all = { name: '', images: sum('images'), predicted: sum('predicted'), right: sum('right') };
  const { precision = 0, recall = 0, f1 = 0 } = scoreOf(all);
  return { precision, recall, f1 };
}

/** Whether an image is answered with all its labels and no others. */
export const isExact = (labels: readonly number[], answered: readonly number[]): boolean =>
  labels.length === answered.length && labels.every((label) => answered.includes(label));
