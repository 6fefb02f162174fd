/** The competition's metrics and plain accuracy, each under its own name, and the confusion matrix, computed from arrays. */
import { expected } from '../errors.js';
import { nonFiniteIndex } from '../finite.js';

/**
 * Predictions of n images over c classes: n rows of c finite probabilities, n labels in 0 … c − 1, and for each image
 * the classes marked `m` (maybe). An image *counts* in precision if its top class is not one of its `maybe`.
 *
 * The functions of this file throw InvalidInputError when n is 0, lengths differ, a label is not a class, or a
 * probability is not finite.
 */
export interface Scored {
  probabilities: readonly ArrayLike<number>[];
  labels: ArrayLike<number>;
  /** For each image the doubtful classes; undefined if no image has any. */
  maybe?: readonly (readonly number[])[];
}

/**
 * Index of the greatest probability; the lowest index if several are equal.
 *
 * @throws InvalidInputError for a row without numbers, or with one that is not finite.
 */
export function topClass(row: ArrayLike<number>): number {
  checkRow(row, 'a row of probabilities');
  let top = 0;
  for (let index = 1; index < row.length; index++) {
    if ((row[index] as number) > (row[top] as number)) {
      top = index;
    }
  }
  return top;
}

/** Accuracy: the share of all images whose top class is their label, 0 … 1. One whose top class is marked maybe is wrong. */
export function accuracy(scored: Scored): number {
  const tops = topsOf(scored);
  return tops.filter(({ right }) => right).length / tops.length;
}

/**
 * Basic precision as the competition's rules define it: the share of right images, 0 … 1, among those that count;
 * undefined if none counts.
 */
export function basicPrecision(scored: Scored): number | undefined {
  const counted = topsOf(scored).filter(({ counts }) => counts);
  if (counted.length === 0) {
    return undefined;
  }
  return counted.filter(({ right }) => right).length / counted.length;
}

/**
 * Mean reciprocal rank: the mean of 1 / rank, 0 … 1, where rank is the label's position, from 1, among the image's
 * classes by descending probability.
 * Of equal probabilities the lower class index comes first. The competition's original code prints this as "mAP".
 */
export function meanReciprocalRank(scored: Scored): number {
  checkScored(scored);
  const { probabilities, labels } = scored;
  return mean(probabilities.map((row, index) => 1 / rankOf(row, labels[index] as number)));
}

/**
 * AP of one task, 0 … 1; undefined if no image counts.
 *
 * The rules: images whose top class has a probability below a threshold are blocked, P is the share of right images
 * among the others that count, and AP is the mean of P over all thresholds that block 0 … n − 1 images. They leave open
 * which thresholds these are. Here each image that counts gives one: with the K counted images by falling probability, AP
 * is the mean over k = 1 … K of the share of right ones among the first k. Equal probabilities keep their order.
 * {@link averagePrecisionByThreshold} is the other reading.
 */
export function averagePrecision(scored: Scored): number | undefined {
  const tops = byFallingProbability(scored).filter(({ counts }) => counts);
  if (tops.length === 0) {
    return undefined;
  }
  let right = 0;
  const precisions = tops.map((top, index) => {
    right += top.right ? 1 : 0;
    return right / (index + 1);
  });
  return mean(precisions);
}

/**
 * AP of one task by the other reading of the rules, see {@link averagePrecision}: each distinct probability of a top class
 * is one threshold, that of an image that does not count, too. Images of one probability pass it together, so their
 * order does not matter. A threshold that only images pass that do not count has no P and is left out. 0 … 1; undefined
 * if no image counts.
 */
export function averagePrecisionByThreshold(scored: Scored): number | undefined {
  const tops = byFallingProbability(scored);
  const precisions: number[] = [];
  let counted = 0;
  let right = 0;
  for (const [index, { counts, right: isRight, probability }] of tops.entries()) {
    counted += counts ? 1 : 0;
    right += counts && isRight ? 1 : 0;
    const isThreshold = tops[index + 1]?.probability !== probability;
    if (isThreshold && counted > 0) {
      precisions.push(right / counted);
    }
  }
  return counted === 0 ? undefined : mean(precisions);
}

/**
 * mAP: the mean of the tasks' AP values, without weights for the tasks' sizes.
 *
 * @throws InvalidInputError for an empty list, and for an AP that is not finite.
 */
export function meanAveragePrecision(averagePrecisions: readonly number[]): number {
  if (averagePrecisions.length === 0) {
    throw expected('the AP of one task or more', 'mAP', 'none');
  }
  const bad = nonFiniteIndex(averagePrecisions);
  if (bad >= 0) {
    throw expected('a finite AP', `task ${bad + 1} of mAP`, averagePrecisions[bad]);
  }
  return mean(averagePrecisions);
}

/** `matrix[label][top]`: the number of images of class `label` with the top class `top`. Has `classes` rows and columns. */
export function confusionMatrix(scored: Scored, classes: number): number[][] {
  const tops = topsOf(scored);
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const [index, { label, top }] of tops.entries()) {
    const { length } = scored.probabilities[index] as ArrayLike<number>;
    if (length !== classes) {
      throw expected(`${classes} probabilities`, `image ${index}`, length);
    }
    const counts = matrix[label] as number[];
    counts[top] = (counts[top] as number) + 1;
  }
  return matrix;
}

/** An image's top class. */
interface Top {
  label: number;
  top: number;
  probability: number;
  right: boolean;
  /** Whether the image counts in precision. */
  counts: boolean;
}

function topsOf(scored: Scored): Top[] {
  checkScored(scored);
  const { probabilities, labels, maybe } = scored;
  return probabilities.map((row, index) => {
    const top = topClass(row);
    const label = labels[index] as number;
    const counts = !maybe?.[index]?.includes(top);
    return { label, top, probability: row[top] as number, right: top === label, counts };
  });
}

const byFallingProbability = (scored: Scored): Top[] =>
  topsOf(scored).sort((a, b) => b.probability - a.probability);

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function rankOf(row: ArrayLike<number>, label: number): number {
  const own = row[label] as number;
  let rank = 1;
  for (let index = 0; index < row.length; index++) {
    const other = row[index] as number;
    if (other > own || (other === own && index < label)) {
      rank++;
    }
  }
  return rank;
}

function checkScored({ probabilities, labels, maybe }: Scored): void {
  const images = probabilities.length;
  if (images === 0) {
    throw expected('one image or more', 'probabilities', 'none');
  }
  if (labels.length !== images) {
    throw expected(`${images}`, 'the number of labels', labels.length);
  }
  if (maybe && maybe.length !== images) {
    throw expected(`${images}`, 'the number of maybe rows', maybe.length);
  }
  for (const [index, row] of probabilities.entries()) {
    checkRow(row, `the probabilities of image ${index}`);
    const label = labels[index] as number;
    if (!Number.isInteger(label) || label < 0 || label >= row.length) {
      throw expected(`a class from 0 to ${row.length - 1}`, `the label of image ${index}`, label);
    }
  }
}

function checkRow(row: ArrayLike<number>, name: string): void {
  const bad = nonFiniteIndex(row);
  if (bad >= 0) {
    throw expected('finite numbers', name, `${row[bad]} for class ${bad}`);
  }
  if (row.length === 0) {
    throw expected('a number for each class', name, 'none');
  }
}
