/** Batch normalisation as one TensorFlow op forwards and one for the gradient, by a batch's own statistics or by given ones. */
import * as tf from '@tensorflow/tfjs';
import { type Attribute, executeOp } from '../ops.js';

/** What both forms take. */
interface Normalization {
  /** NHWC, float32. */
  input: tf.Tensor;
  /** Scale per channel; ones when absent. */
  gamma: tf.Tensor | undefined;
  /** Offset per channel; zeros when absent. */
  beta: tf.Tensor | undefined;
  epsilon: number;
}

/** What `fusedNormalize` is called with. */
export interface FusedNormalizeOptions extends Normalization {
  /**
   * Gets the batch's mean and variance per channel, which live only during the call. The variance has
   * Bessel's correction, n / (n − 1).
   */
  observe: (mean: tf.Tensor, variance: tf.Tensor) => void;
}

/** What `frozenNormalize` is called with. */
export interface FrozenNormalizeOptions extends Normalization {
  /** Per channel, as `variance`. No gradient reaches them. */
  mean: tf.Tensor;
  variance: tf.Tensor;
}

/**
 * Normalises a batch by its own statistics with FusedBatchNormV3, whose gradient is
 * FusedBatchNormGradV3. Needs the 'tensorflow' backend.
 */
export function fusedNormalize({ observe, ...options }: FusedNormalizeOptions): tf.Tensor {
  const none = tf.tensor1d([]);
  return normalize(options, true, [none, none], ([mean, variance, ...reserved]) => {
    observe(mean as tf.Tensor, variance as tf.Tensor);
    return reserved;
  });
}

/** Normalises a batch by given statistics with the same ops. Needs the 'tensorflow' backend. */
export function fusedFrozenNormalize({
  mean,
  variance,
  ...options
}: FrozenNormalizeOptions): tf.Tensor {
  // Without training, the gradient's op takes the statistics in place of what the forward op reserves.
  return normalize(options, false, [mean, variance], ([, , , , unused]) => [
    mean,
    variance,
    unused as tf.Tensor,
  ]);
}

/** @param reserve what the gradient's op takes beside `x` and the scale, of the forward op's results after the first */
function normalize(
  { input, gamma, beta, epsilon }: Normalization,
  isTraining: boolean,
  statistics: [tf.Tensor, tf.Tensor],
  reserve: (results: tf.Tensor[]) => tf.Tensor[],
): tf.Tensor {
  const channels = input.shape[3] as number;
  const attributes = attributesOf(epsilon, isTraining);
  const run = tf.customGrad((...args) => {
    const [x, scale, offset, save] = args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const [value, ...results] = executeOp({
      name: 'FusedBatchNormV3',
      inputs: [x, scale, offset, ...statistics],
      attributes,
      outputs: 6,
    }) as [tf.Tensor, ...tf.Tensor[]];
    save([x, scale, ...reserve(results)]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) =>
      executeOp({
        name: 'FusedBatchNormGradV3',
        inputs: [dy, ...saved],
        attributes,
        outputs: 5,
      }).slice(0, 3);
    return { value, gradFunc };
  });
  return run(input, gamma ?? tf.ones([channels]), beta ?? tf.zeros([channels]));
}

/** The attributes of FusedBatchNormV3 and of its gradient. */
export const attributesOf = (epsilon: number, isTraining: boolean): Record<string, Attribute> => ({
  T: { type: 'dtype', value: 'float32' },
  U: { type: 'dtype', value: 'float32' },
  epsilon: { type: 'float', value: epsilon },
  data_format: { type: 'string', value: 'NHWC' },
  is_training: { type: 'bool', value: isTraining },
});
