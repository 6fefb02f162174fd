/** The competition's three metrics, each under its own name, and the confusion matrix, computed from arrays. */
import { expected } from '../errors.js';

/**
 * Predictions of n images over c classes: n rows of c probabilities, n labels in 0 … c − 1, and for each image the
 * classes marked `m` (maybe). The functions of this file throw InvalidInputError when the lengths differ or n is 0.
 */
export interface Scored {
  probabilities: readonly ArrayLike<number>[];
  labels: ArrayLike<number>;
  /** For each image the doubtful classes; undefined if no image has any. */
  maybe?: readonly (readonly number[])[];
}

/** Index of the greatest probability; the lowest index if several are equal. */
export function topClass(row: ArrayLike<number>): number {
  let top = 0;
  for (let index = 1; index < row.length; index++) {
    if ((row[index] as number) > (row[top] as number)) {
      top = index;
    }
  }
  return top;
}

/** Basic precision: the share of images whose top class is their label, 0 … 1. */
export function basicPrecision(scored: Scored): number {
  checkLengths(scored);
  const { probabilities, labels } = scored;
  const right = probabilities.filter((row, index) => topClass(row) === labels[index]).length;
  return right / probabilities.length;
}

/**
 * Mean reciprocal rank: the mean of 1 / rank, 0 … 1, where rank is the label's position, from 1, among the image's
 * classes by descending probability.
 * Of equal probabilities the lower class index comes first. The competition's original code prints this as "mAP".
 */
export function meanReciprocalRank(scored: Scored): number {
  checkLengths(scored);
  const { probabilities, labels } = scored;
  const sum = probabilities.reduce(
    (total, row, index) => total + 1 / rankOf(row, labels[index] as number),
    0,
  );
  return sum / probabilities.length;
}

/**
 * AP of one task as the competition scores it. An image counts with its top class and that class's probability; if that
 * class is one of its `maybe`, the image is left out. With the K counted images in the order of descending probability, AP
 * is the mean over k = 1 … K of the share of right ones among the first k. Equal probabilities keep their order. NaN if K
 * is 0.
 */
export function averagePrecision(scored: Scored): number {
  checkLengths(scored);
  const { probabilities, labels, maybe } = scored;
  const counted = probabilities
    .map((row, index) => {
      const top = topClass(row);
      const doubtful = maybe?.[index]?.includes(top) ?? false;
      return { probability: row[top] as number, right: top === labels[index], doubtful };
    })
    .filter(({ doubtful }) => !doubtful)
    .sort((a, b) => b.probability - a.probability);
  let right = 0;
  const precisions = counted.map((image, index) => {
    if (image.right) {
      right++;
    }
    return right / (index + 1);
  });
  return precisions.reduce((sum, precision) => sum + precision, 0) / counted.length;
}

/**
 * mAP: the mean of the tasks' AP values, without weights for the tasks' sizes.
 *
 * @throws InvalidInputError for an empty list.
 */
export function meanAveragePrecision(averagePrecisions: readonly number[]): number {
  if (averagePrecisions.length === 0) {
    throw expected('the AP of one task or more', 'mAP', 'none');
  }
  return averagePrecisions.reduce((sum, value) => sum + value, 0) / averagePrecisions.length;
}

/** `matrix[label][top]`: the number of images of class `label` with the top class `top`. Has `classes` rows and columns. */
export function confusionMatrix(scored: Scored, classes: number): number[][] {
  checkLengths(scored);
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const [index, row] of scored.probabilities.entries()) {
    const label = scored.labels[index] as number;
    const counts = matrix[label];
    if (!counts || row.length !== classes) {
      throw expected(
        `${classes} probabilities and a label below`,
        `image ${index}`,
        `${row.length} and ${label}`,
      );
    }
    counts[topClass(row)] = (counts[topClass(row)] ?? 0) + 1;
  }
  return matrix;
}

function rankOf(row: ArrayLike<number>, label: number): number {
  const own = row[label];
  if (own === undefined) {
    throw expected(`a class below ${row.length}`, 'label', label);
  }
  let rank = 1;
  for (let index = 0; index < row.length; index++) {
    const other = row[index] as number;
    if (other > own || (other === own && index < label)) {
      rank++;
    }
  }
  return rank;
}

function checkLengths({ probabilities, labels, maybe }: Scored): void {
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
}
