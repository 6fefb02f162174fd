/** The cumulative loss of ordered classes: for each class, whether the image is of it or of one below. */
import { tf } from '../../../tensorflow/index.js';
import { crossEntropies } from '../cross-entropy.js';
import type { RowLosses } from '../loss.js';
import { type OrderedLoss, orderedOf } from './ordered.js';

/** Far below every logit: its share of a softmax is 0. */
const none = -1e9;

/**
 * The cross-entropy of the classes before `from` and, as one more class, of all ordered ones together, plus
 * Σ_k −C_k · log Q_k − (t − C_k) · log(1 − Q_k) over all ordered classes k but the last. Q_k = P(y ≤ k | y is ordered) is the sum of
 * the softmax over the ordered logits up to k, C_k the sum of the targets up to k, and t that of all ordered classes.
 *
 * The sum is that of the binary questions "above k?" of ordinal regression (Niu et al. 2016, OR-CNN, equation 5; Cao, Mirjalili
 * & Raschka 2020, CORAL, https://arxiv.org/abs/1901.07884, equation 4). There each question has an output of its own; here the
 * softmax answers them, so a network predicts as with any other loss. With two ordered classes it is the cross-entropy. A small
 * probability of a class d steps from the right one costs d times that of its neighbour.
 */
export const cumulativeLosses =
  (from: number): RowLosses =>
  (logits, targets) => {
    const [z, t] = [orderedOf(logits, from), orderedOf(targets, from)];
    const classes = z.shape[1];
    const places = [...Array(classes).keys()];
    const thresholds = places.slice(0, -1);
    const mass = tf.sum(t, 1, true);
    const all = tf.logSumExp(z, 1, true);
    /** [rows, thresholds]: the logarithm of the summed exponentials of the classes on one side of each threshold. */
    const side = (isIn: (place: number, threshold: number) => boolean) => {
      const mask = thresholds.map((k) => places.map((place) => (isIn(place, k) ? 0 : none)));
      return tf.logSumExp(tf.add(tf.expandDims(z, 1), tf.tensor2d(mask)), 2);
    };
    const upTo = side((place, k) => place <= k);
    const above = side((place, k) => place > k);
    const isUpTo = places.map((place) => thresholds.map((k) => (place <= k ? 1 : 0)));
    const reached = tf.matMul(t, tf.tensor2d(isUpTo));
    const each = tf.add(
      tf.mul(reached, tf.sub(all, upTo)),
      tf.mul(tf.sub(mass, reached), tf.sub(all, above)),
    );
    const ordered = tf.sum(each, 1) as tf.Tensor1D;
    const together = (tensor: tf.Tensor2D, one: tf.Tensor) =>
      tf.concat([tf.slice(tensor, [0, 0], [-1, from]), one as tf.Tensor2D], 1);
    return from === 0
      ? ordered
      : tf.add(ordered, crossEntropies(together(logits, all), together(targets, mass)));
  };

export const cumulative = {
  help: 'the sum of the binary cross-entropies of P(class ≤ k)',
  losses: cumulativeLosses,
} satisfies OrderedLoss;
