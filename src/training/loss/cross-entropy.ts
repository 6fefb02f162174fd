/** Softmax cross-entropy: the loss and its gradient as one TensorFlow op. */
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

/** Label smoothing: spreads `share`, 0…1, of each target evenly over all classes (Szegedy et al. 2016). */
export function smoothed(targets: tf.Tensor2D, share: number): tf.Tensor2D {
  if (share === 0) {
    return targets;
  }
  const classes = targets.shape[1];
  return tf.add(tf.mul(targets, 1 - share), share / classes);
}

export const crossEntropy = {
  help: "the negative logarithm of the true class's probability",
  options: {},
  softmax: () => crossEntropies,
} satisfies LossEntry<object>;
