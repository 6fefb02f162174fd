/** What the steps of a run minimise, and what they count. */
import type { BatchLabels } from '../../pipeline/index.js';
import { targetsOf, tf } from '../../tensorflow/index.js';
import { crossEntropies } from '../loss/cross-entropy.js';
import type { RowLosses } from '../loss/loss.js';

/** A batch as tensors. */
export interface StepTensors {
  /** Pixels, [images, side, side, 3], or features, [images, columns]. */
  images: tf.Tensor;
  /** What the answers to the images are compared with. */
  [target: string]: tf.Tensor;
}

/** The pass of an epoch that a batch is of. */
export type Pass = 'train' | 'validate';

/** All but `targets` may be traced. */
export interface Objective<Tensors extends StepTensors = StepTensors> {
  /** What a batch is compared with. */
  targets(batch: BatchLabels, pass: Pass): Omit<Tensors, 'images'>;
  /** The loss of each label in nats, as the pass computes it; 0 where there is none. */
  losses(logits: tf.Tensor2D, tensors: Tensors, pass: Pass): tf.Tensor;
  /** The mean of {@link losses}: what a step minimises. */
  mean(losses: tf.Tensor, tensors: Tensors): tf.Scalar;
  /** How much the mean counts among those of several batches. */
  weight(tensors: Tensors): number | tf.Scalar;
  /** What the tally adds up. */
  sums(logits: tf.Tensor2D, losses: tf.Tensor, tensors: Tensors): tf.Tensor1D;
}

export interface OneLabelTensors extends StepTensors {
  /** [images, classes]; zeros in a row that does not count. */
  targets: tf.Tensor2D;
  /** int32 [images]: the class of the larger share, −1 in a row that does not count. */
  labels: tf.Tensor1D;
}

/**
 * One task, of which each image has one label. The sums are [loss, hits]; a hit is an image whose top class is right.
 *
 * @param loss of training
 * @param validationLoss cross-entropy, which compares runs
 */
export const oneLabel = (
  classes: number,
  loss: RowLosses,
  validationLoss: RowLosses = crossEntropies,
): Objective<OneLabelTensors> => ({
  targets(batch) {
    const { labels, partnerLabels, weights } = batch;
    const main = labels.map((label, i) =>
      (weights[i] as number) < 0.5 ? (partnerLabels[i] as number) : label,
    );
    return { targets: targetsOf(batch, classes), labels: tf.tensor1d(main, 'int32') };
  },
  losses: (logits, { targets }, pass) =>
    (pass === 'train' ? loss : validationLoss)(logits, targets),
  mean: (losses) => tf.mean(losses),
  weight: ({ images }) => images.shape[0] as number,
  sums(logits, losses, { labels }) {
    const hits = tf.equal(tf.argMax(logits, -1), labels);
    return tf.stack([tf.sum(losses), tf.sum(tf.cast(hits, 'float32'))]) as tf.Tensor1D;
  },
});
