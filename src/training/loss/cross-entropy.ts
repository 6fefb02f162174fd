/** Cross-entropy: of a softmax, loss and gradient as one TensorFlow op, and of sigmoids. */
import { executeOp, tf } from '../../tensorflow/index.js';
import type { LossEntry } from './loss.js';

/**
 * The cross-entropy of each row, −Σ target · log softmax(logits), in nats; 0 for a row of zeros.
 *
 * Logits and targets are [rows, classes]. The gradient flows to the logits alone, and is right if each row
 * of targets sums to 1.
 */
export function crossEntropies(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor1D {
  const op = tf.customGrad((...args) => {
    const [x, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const [value, gradient] = executeOp({
      name: 'SoftmaxCrossEntropyWithLogits',
      inputs: [x, targets],
      attributes: { T: { type: 'dtype', value: 'float32' } },
      outputs: 2,
    }) as [tf.Tensor, tf.Tensor];
    save([gradient]);
    const gradFunc = (dy: tf.Tensor, [saved]: tf.Tensor[]) =>
      tf.mul(saved as tf.Tensor, tf.expandDims(dy, -1));
    return { value, gradFunc };
  });
  return op(logits) as tf.Tensor1D;
}

/**
 * The binary cross-entropy of each row, the mean over its classes of −t · log σ(z) − (1 − t) · log σ(−z), in nats.
 *
 * Logits z and targets t, 0…1, are [rows, classes]. Each term keeps its digits where σ(z) rounds to 0 or 1.
 */
export function binaryCrossEntropies(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor1D {
  const present = tf.mul(targets, tf.softplus(tf.neg(logits)));
  const absent = tf.mul(tf.sub(1, targets), tf.softplus(logits));
  return tf.mean(tf.add(present, absent), -1);
}

/** Label smoothing: spreads `share`, 0…1, of each target evenly over all classes (Szegedy et al. 2016). */
export function smoothed(targets: tf.Tensor2D, share: number): tf.Tensor2D {
  if (share === 0) {
    return targets;
  }
  const classes = targets.shape[1];
  return tf.add(tf.mul(targets, 1 - share), share / classes);
}

/** Label smoothing of targets that are right or wrong each for itself: spreads `share` of each evenly over both. */
export const smoothedEach = (targets: tf.Tensor2D, share: number): tf.Tensor2D =>
  share === 0 ? targets : tf.add(tf.mul(targets, 1 - share), share / 2);

export const crossEntropy = {
  help: "the negative logarithm of the true class's probability",
  options: {},
  softmax: () => crossEntropies,
  sigmoid: () => binaryCrossEntropies,
} satisfies LossEntry<object>;
