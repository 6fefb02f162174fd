/** Confident learning: which images a classifier that did not see them confidently takes for another class than their label. */
import { topClass } from '../metrics/answers.js';

/** An image and the probabilities that it was given. */
export interface LabelledRow {
  /** The number of a class. */
  label: number;
  /** [classes] */
  row: Float64Array;
}

/** An image whose label is in doubt. */
export interface Doubt {
  /** The image's place in the list. */
  index: number;
  /** The class that the classifier confidently gives it. */
  suggestion: number;
  /**
   * The normalised margin, 0…1: (p of the label − greatest p of another class + 1) / 2. The lower, the more probably the label is
   * wrong; of doubtful labels it is below 0.5.
   */
  score: number;
}

/** As cleanlab has it: a probability that is smaller than another by this much still reaches it. */
const tolerance = 1e-6;
/** Of thresholds: no class is confident with a probability of 0. */
const least = 2 * tolerance;

/**
 * The images off the diagonal of the confident joint (Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating Uncertainty
 * in Dataset Labels", https://arxiv.org/abs/1911.00068), by rising score. The threshold of a class is the mean of its probability
 * over the images that are labelled so. The classes whose probability reaches their threshold are confident; if there are several,
 * the class with the greatest probability is. An image is doubtful if its confident class is another one than its label, and its
 * label has not the greatest probability.
 *
 * These are the answers of cleanlab's `find_label_issues` with `filter_by="confident_learning"` and
 * `return_indices_ranked_by="normalized_margin"`: https://docs.cleanlab.ai/stable/cleanlab/filter.html
 */
export function doubtsOf(images: readonly LabelledRow[], classes: number): Doubt[] {
  const thresholds = thresholdsOf(images, classes);
  const doubts = images.flatMap(({ label, row }, index): Doubt[] => {
    const suggestion = confidentClass(row, thresholds);
    const margin = marginOf(row, label);
    return suggestion === undefined || suggestion === label || margin >= -tolerance
      ? []
      : [{ index, suggestion, score: (margin + 1) / 2 }];
  });
  return doubts.sort((a, b) => a.score - b.score);
}

/** For each class the mean of its probability over the images that are labelled so, and not 0; NaN where none is. */
export function thresholdsOf(images: readonly LabelledRow[], classes: number): Float64Array {
  const sums = new Float64Array(classes);
  const counts = new Float64Array(classes);
  for (const { label, row } of images) {
    sums[label] = (sums[label] as number) + (row[label] as number);
    counts[label] = (counts[label] as number) + 1;
  }
  return sums.map((sum, label) => Math.max(least, sum / (counts[label] as number)));
}

function confidentClass(row: Float64Array, thresholds: Float64Array): number | undefined {
  let only: number | undefined;
  for (const [index, threshold] of thresholds.entries()) {
    if ((row[index] as number) >= threshold - tolerance) {
      if (only !== undefined) {
        return topClass(row);
      }
      only = index;
    }
  }
  return only;
}

/** How much more probable the label is than any other class. */
function marginOf(row: Float64Array, label: number): number {
  const others = row.reduce(
    (most, value, index) => (index === label ? most : Math.max(most, value)),
    0,
  );
  return (row[label] as number) - others;
}
