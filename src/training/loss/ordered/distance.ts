/** The distance loss of ordered classes: cross-entropy, and how many classes the answer is away. */
import { tf } from '../../../tensorflow/index.js';
import { crossEntropies } from '../cross-entropy.js';
import type { RowLosses } from '../loss.js';
import { type OrderedLoss, orderedOf } from './ordered.js';

/**
 * Cross-entropy plus Σ_ij t_i · q_j · |i − j| over the ordered classes, where t are the targets and q is the softmax over the ordered
 * logits: the expected number of classes between the answer and the label. For one true class it is the earth mover's distance
 * of q to the target (Hou, Yu & Samaras 2016, https://arxiv.org/abs/1611.05916). A class before `from` has no distance.
 */
export const distanceLosses =
  (from: number): RowLosses =>
  (logits, targets) => {
    const [z, t] = [orderedOf(logits, from), orderedOf(targets, from)];
    const places = [...Array(z.shape[1]).keys()];
    const steps = tf.tensor2d(places.map((i) => places.map((j) => Math.abs(i - j))));
    const away = tf.sum(tf.mul(tf.softmax(z), tf.matMul(t, steps)), 1);
    return tf.add(crossEntropies(logits, targets), away) as tf.Tensor1D;
  };

export const distance = {
  help: 'cross-entropy plus the expected number of classes between answer and label',
  losses: distanceLosses,
} satisfies OrderedLoss;
