/** The norm of the gradient of all weights, for clipping and for detecting overflow. */
import { executeOp, tf } from '../../tensorflow/index.js';

/** √Σ g², over all elements of all gradients. */
export function globalNorm(gradients: readonly tf.Tensor[]): tf.Scalar {
  return tf.tidy(() => {
    const attributes = { T: { type: 'dtype', value: 'float32' } } as const;
    const halves = gradients.map(
      (gradient) => executeOp({ name: 'L2Loss', inputs: [gradient], attributes })[0] as tf.Scalar,
    );
    return tf.sqrt(tf.mul(tf.addN(halves), 2)) as tf.Scalar;
  });
}
