/** Focal loss: cross-entropy that counts less where the network is right already. */
import type { OptionTable, OptionValues } from '../../options.js';
import { tf } from '../../tensorflow/index.js';
import type { LossEntry, RowLosses } from './loss.js';

const options = {
  focalGamma: {
    type: 'number',
    default: 2,
    min: 0,
    max: 20,
    help: 'γ of the focal loss: each class counts by (1 − probability)^γ; 0: cross-entropy',
    appliesWith: { option: 'loss', choices: ['focal'] },
  },
} as const satisfies OptionTable;

/** The smallest 1 − p: at 0 the slope of (1 − p)^γ is infinite for γ below 1. */
const leastLeft = 1e-7;

/**
 * −Σ target · (1 − p)^γ · log p, where p is the softmax of the logits (Lin et al. 2017,
 * https://arxiv.org/abs/1708.02002, equation 4; the option `classWeights` is its α). The paper has one true class;
 * a soft target, of a mix or of label smoothing, weighs the focal term of each class, as it weighs its logarithm in
 * cross-entropy.
 */
export const focalLosses =
  (gamma: number): RowLosses =>
  (logits, targets) => {
    const logs = tf.logSoftmax(logits);
    // expm1 keeps the digits of 1 − p near 0.
    const left = tf.maximum(tf.neg(tf.expm1(logs)), leastLeft);
    return tf.neg(tf.sum(tf.mul(targets, tf.mul(tf.pow(left, gamma), logs)), -1)) as tf.Tensor1D;
  };

/**
 * The mean over the classes of −t · (1 − p)^γ · log p − (1 − t) · p^γ · log(1 − p), where p is the sigmoid of the logit: of targets
 * t that are 0 or 1, the paper's loss.
 */
export const binaryFocalLosses =
  (gamma: number): RowLosses =>
  (logits, targets) => {
    const term = (share: tf.Tensor, z: tf.Tensor) =>
      tf.mul(
        tf.mul(share, tf.pow(tf.maximum(tf.sigmoid(tf.neg(z)), leastLeft), gamma)),
        tf.softplus(tf.neg(z)),
      );
    return tf.mean(tf.add(term(targets, logits), term(tf.sub(1, targets), tf.neg(logits))), -1);
  };

export const focal = {
  help: 'cross-entropy that counts less where the network is right already',
  options,
  softmax: ({ focalGamma }) => focalLosses(focalGamma),
  sigmoid: ({ focalGamma }) => binaryFocalLosses(focalGamma),
} satisfies LossEntry<OptionValues<typeof options>>;
