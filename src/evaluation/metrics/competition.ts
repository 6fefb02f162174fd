/** The competition's metrics and plain accuracy, each under its own name, and the confusion matrix, computed from arrays. */
import { expected, missing } from '../../errors.js';
import { nonFiniteIndex } from '../../finite.js';
import { type Answer, answersOf, type Scored } from './answers.js';
import { type AnswerColumns, statisticOf, type Weights, weightedMean } from './columns.js';

/** Accuracy: the share of all images whose top class is their label, 0 … 1. One whose top class is marked maybe is wrong. */
export function accuracy(scored: Scored): number {
  return answerAccuracy(answersOf(scored));
}

/**
 * Basic precision as the competition's rules define it: the share of right images, 0 … 1, among those that count;
 * undefined if none counts.
 */
export function basicPrecision(scored: Scored): number | undefined {
  return answerPrecision(answersOf(scored));
}

/**
 * Mean reciprocal rank: the mean of 1 / rank, 0 … 1, where rank is the label's position, from 1, among the image's
 * classes by descending probability.
 * Of equal probabilities the lower class index comes first. The competition's original code prints this as "mAP".
 */
export function meanReciprocalRank(scored: Scored): number {
  return answerReciprocalRank(answersOf(scored));
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
  return answerAveragePrecision(answersOf(scored));
}

/**
 * AP of one task by the other reading of the rules, see {@link averagePrecision}: each distinct probability of a top class
 * is one threshold, that of an image that does not count, too. Images of one probability pass it together, so their
 * order does not matter. A threshold that only images pass that do not count has no P and is left out. 0 … 1; undefined
 * if no image counts.
 */
export function averagePrecisionByThreshold(scored: Scored): number | undefined {
  return statisticOf(weightedAveragePrecisionByThreshold, answersOf(scored));
}

/**
 * mAP: the mean of the tasks' AP values, without weights for the tasks' sizes.
 *
 * @throws InvalidInputError for an empty list, and for an AP that is not finite.
 */
export function meanAveragePrecision(averagePrecisions: readonly number[]): number {
  if (averagePrecisions.length === 0) {
    throw missing('the AP of one task or more', 'mAP');
  }
  const bad = nonFiniteIndex(averagePrecisions);
  if (bad >= 0) {
    throw expected('a finite AP', `task ${bad + 1} of mAP`, averagePrecisions[bad]);
  }
  return averagePrecisions.reduce((sum, value) => sum + value, 0) / averagePrecisions.length;
}

/**
 * `matrix[label][top]`: the number of images of class `label` with the top class `top`. It has `classes` rows and columns
 * in any case, about 3 GB for 20 000 classes; an {@link Evaluation} lists only the wrong answers that occur.
 */
export function confusionMatrix(scored: Scored, classes: number): number[][] {
  const answers = answersOf(scored);
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const [index, { label, top }] of answers.entries()) {
    const { length } = scored.probabilities[index] as ArrayLike<number>;
    if (length !== classes) {
      throw expected(`${classes} probabilities`, `image ${index}`, length);
    }
    const counts = matrix[label] as number[];
    counts[top] = (counts[top] as number) + 1;
  }
  return matrix;
}

export const isRight = ({ top, label }: Answer): boolean => top === label;

/** {@link accuracy} of answers, at least one. */
export const answerAccuracy = (answers: readonly Answer[]): number =>
  answers.filter(isRight).length / answers.length;

/** {@link basicPrecision} of answers. */
export function answerPrecision(answers: readonly Answer[]): number | undefined {
  const counted = answers.filter(({ counts }) => counts);
  return counted.length === 0 ? undefined : answerAccuracy(counted);
}

/** {@link meanReciprocalRank} of answers, at least one. */
export const answerReciprocalRank = (answers: readonly Answer[]): number =>
  statisticOf(weightedReciprocalRank, answers) as number;

/** {@link averagePrecision} of answers. */
export const answerAveragePrecision = (answers: readonly Answer[]): number | undefined =>
  statisticOf(weightedAveragePrecision, answers);

export const weightedAccuracy = ({ right }: AnswerColumns, weights: Weights): number =>
  weightedMean(right, weights);

/** {@link basicPrecision} of weighted images. */
export function weightedPrecision({ right, counts }: AnswerColumns, weights: Weights): number {
  let [correct, counted] = [0, 0];
  for (let place = 0; place < weights.length; place++) {
    const weight = (weights[place] as number) * (counts[place] as number);
    correct += weight * (right[place] as number);
    counted += weight;
  }
  return correct / counted;
}

/** {@link meanReciprocalRank} of weighted images. */
export function weightedReciprocalRank({ ranks }: AnswerColumns, weights: Weights): number {
  let [sum, total] = [0, 0];
  for (let place = 0; place < weights.length; place++) {
    const weight = weights[place] as number;
    sum += weight / (ranks[place] as number);
    total += weight;
  }
  return sum / total;
}

/** {@link averagePrecision} of weighted images: an image that was drawn several times follows itself. */
export function weightedAveragePrecision(
  { right, counts }: AnswerColumns,
  weights: Weights,
): number {
  let [sum, correct, counted] = [0, 0, 0];
  for (let place = 0; place < weights.length; place++) {
    const weight = (weights[place] as number) * (counts[place] as number);
    for (let copy = 0; copy < weight; copy++) {
      correct += right[place] as number;
      counted++;
      sum += correct / counted;
    }
  }
  return sum / counted;
}

/** {@link averagePrecisionByThreshold} of weighted images. A probability is a threshold only if an image that has it was drawn. */
export function weightedAveragePrecisionByThreshold(
  { right, counts, ends }: AnswerColumns,
  weights: Weights,
): number {
  let [sum, thresholds, correct, counted, drawn] = [0, 0, 0, 0, 0];
  for (let place = 0; place < weights.length; place++) {
    const weight = weights[place] as number;
    drawn += weight;
    counted += weight * (counts[place] as number);
    correct += weight * (counts[place] as number) * (right[place] as number);
    if (ends[place] === 1) {
      if (drawn > 0 && counted > 0) {
        sum += correct / counted;
        thresholds++;
      }
      drawn = 0;
    }
  }
  return sum / thresholds;
}
