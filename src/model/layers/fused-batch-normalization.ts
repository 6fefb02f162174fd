/** Batch normalisation of a training step as one TensorFlow op forwards and one for the gradient. */
import { type Attribute, executeOp, tf } from '../../tensorflow/index.js';

export interface FusedNormalizeOptions {
  /** NHWC, float32. */
  input: tf.Tensor;
  /** Scale per channel; ones when absent. */
  gamma: tf.Tensor | undefined;
  /** Offset per channel; zeros when absent. */
  beta: tf.Tensor | undefined;
  epsilon: number;
  /**
   * Gets the batch's mean and variance per channel, which live only during the call. The variance has
   * Bessel's correction, n / (n − 1).
   */
  observe: (mean: tf.Tensor, variance: tf.Tensor) => void;
}

/**
 * Normalises a batch by its own statistics with FusedBatchNormV3, whose gradient is
 * FusedBatchNormGradV3. Needs the 'tensorflow' backend.
 */
export function fusedNormalize(options: FusedNormalizeOptions): tf.Tensor {
  const { input, observe, epsilon } = options;
  const channels = input.shape[3] as number;
  const attributes = opAttributes(epsilon);
  const normalize = tf.customGrad((...args) => {
    const [x, scale, offset, save] = args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const none = tf.tensor1d([]);
    const [value, mean, variance, ...reserved] = executeOp({
      name: 'FusedBatchNormV3',
      inputs: [x, scale, offset, none, none],
      attributes,
      outputs: 6,
    }) as [tf.Tensor, tf.Tensor, tf.Tensor, ...tf.Tensor[]];
    observe(mean, variance);
    save([x, scale, ...reserved]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) =>
      executeOp({
        name: 'FusedBatchNormGradV3',
        inputs: [dy, ...saved],
        attributes,
        outputs: 5,
      }).slice(0, 3);
    return { value, gradFunc };
  });
  return normalize(
    input,
    options.gamma ?? tf.ones([channels]),
    options.beta ?? tf.zeros([channels]),
  );
}

const opAttributes = (epsilon: number): Record<string, Attribute> => ({
  T: { type: 'dtype', value: 'float32' },
  U: { type: 'dtype', value: 'float32' },
  epsilon: { type: 'float', value: epsilon },
  data_format: { type: 'string', value: 'NHWC' },
  is_training: { type: 'bool', value: true },
});
