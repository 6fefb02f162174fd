/** Shares of right answers other than accuracy: among the first k classes, and with all classes of the same weight. */
import { checkArgument } from '../../arguments.js';
import type { Scored } from './answers.js';
import { type AnswerColumns, type Statistic, valueFor, type Weights } from './columns.js';

/**
 * Top-k accuracy: the share of images whose label is among the k most probable classes, 0…1. Of equal probabilities the lower class
 * index comes first; scikit-learn's `top_k_accuracy_score` takes the higher one. From k = classes on it is 1.
 *
 * @param k from 1
 * @throws InvalidInputError as {@link Scored} says, and for another k
 */
export function topAccuracy(scored: Scored, k: number): number {
  checkArgument('k', k, {
    what: 'an integer from 1',
    accepts: (value) => Number.isInteger(value) && (value as number) >= 1,
  });
  return valueFor(weightedTopAccuracy(k), scored);
}

/**
 * Balanced accuracy: the mean over the classes that have images of their recall, 0…1, as scikit-learn's `balanced_accuracy_score`. A
 * class that is only predicted has no recall and is left out; one that is never predicted has the recall 0.
 */
export function balancedAccuracy(scored: Scored): number {
  return valueFor(weightedBalancedAccuracy, scored);
}

/**
 * Macro F1: the mean over the classes that have images or were predicted of their F1, 0…1, as scikit-learn's `f1_score` with `macro`.
 * A class that has only one of the two has the F1 0, and a class with neither is left out.
 */
export function macroF1(scored: Scored): number {
  return valueFor(weightedMacroF1, scored);
}

/** {@link topAccuracy} of weighted images. */
export const weightedTopAccuracy =
  (k: number): Statistic =>
  ({ ranks }, weights) => {
    let [sum, total] = [0, 0];
    for (let place = 0; place < weights.length; place++) {
      const weight = weights[place] as number;
      sum += (ranks[place] as number) <= k ? weight : 0;
      total += weight;
    }
    return sum / total;
  };

/** {@link balancedAccuracy} of weighted images. */
export function weightedBalancedAccuracy(columns: AnswerColumns, weights: Weights): number {
  const { images, right } = classCounts(columns, weights);
  let [sum, classes] = [0, 0];
  for (let index = 0; index < images.length; index++) {
    if ((images[index] as number) > 0) {
      sum += (right[index] as number) / (images[index] as number);
      classes++;
    }
  }
  return sum / classes;
}

/** {@link macroF1} of weighted images. */
export const weightedMacroF1 = (columns: AnswerColumns, weights: Weights): number =>
  countsMacroF1(classCounts(columns, weights));

/** The mean F1 of the classes that have images or answers; NaN if none has. */
export function countsMacroF1({ images, predicted, right }: ClassCounts): number {
  let [sum, classes] = [0, 0];
  for (let index = 0; index < images.length; index++) {
    const both = (images[index] as number) + (predicted[index] as number);
    if (both > 0) {
      sum += (2 * (right[index] as number)) / both;
      classes++;
    }
  }
  return sum / classes;
}

/** For each class the weight of its images, of the answers with it, and of the images of which both are true. */
export interface ClassCounts {
  images: Float64Array;
  predicted: Float64Array;
  right: Float64Array;
}

/** @param classes by default as many as occur */
export function classCounts(
  { labels, tops, classes: occurring }: AnswerColumns,
  weights: Weights,
  classes = occurring,
): ClassCounts {
  const images = new Float64Array(classes);
  const predicted = new Float64Array(classes);
  const right = new Float64Array(classes);
  for (let place = 0; place < weights.length; place++) {
    const [label, top] = [labels[place] as number, tops[place] as number];
    const weight = weights[place] as number;
    images[label] = (images[label] as number) + weight;
    predicted[top] = (predicted[top] as number) + weight;
    right[top] = (right[top] as number) + (label === top ? weight : 0);
  }
  return { images, predicted, right };
}
