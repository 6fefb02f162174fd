/** Class weights: images of rare classes count more in the loss. */
import { tf } from '../../tensorflow/index.js';
import type { RowLosses } from './loss.js';

/**
 * The weight of each of `classes` classes: n / (k · n_c), where n images have the labels, n_c of them that of the class, and k
 * classes have images. The mean weight of the images is then 1. A class without images has 0. They are those of
 * scikit-learn's `compute_class_weight('balanced')`.
 */
export function balancedWeights(labels: Iterable<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  let images = 0;
  for (const label of labels) {
    counts[label] = (counts[label] as number) + 1;
    images += 1;
  }
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 0 : images / (present * count)));
}

/**
 * `losses` times the weight of each row's class. A mixed row has the mean of its classes' weights by their shares, so that the
 * loss of a mix is still one number times one weight.
 *
 * The mean over a batch divides by its images, as Keras does. torch's divides by the sum of the weights: what a rare image
 * counts would then depend on the other images of its batch.
 */
export const weighted =
  (losses: RowLosses, weights: readonly number[]): RowLosses =>
  (logits, targets) => {
    const ofRows = tf.sum(tf.mul(targets, tf.tensor1d([...weights])), -1);
    return tf.mul(losses(logits, targets), ofRows);
  };
