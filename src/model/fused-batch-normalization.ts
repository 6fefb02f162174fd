/** Batch normalisation of a training step as one TensorFlow op forwards and one for the gradient. */
import { tf } from '../tensorflow/index.js';

/** The part of tfjs-node's backend that runs a TensorFlow op by name. */
interface OpBackend {
  binding: Record<
    'TF_ATTR_FLOAT' | 'TF_ATTR_STRING' | 'TF_ATTR_BOOL' | 'TF_ATTR_TYPE' | 'TF_FLOAT',
    number
  >;
  executeMultipleOutputs(
    name: string,
    attributes: OpAttribute[],
    inputs: tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
}

interface OpAttribute {
  name: string;
  type: number;
  value: string | number | boolean;
}

export interface FusedNormalizeOptions {
  /** NHWC, float32. */
  input: tf.Tensor;
  /** Scale per channel; ones when absent. */
  gamma: tf.Tensor | undefined;
  /** Offset per channel; zeros when absent. */
  beta: tf.Tensor | undefined;
  epsilon: number;
  /**
   * Told the batch's mean and variance per channel, which live only during the call. The variance has
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
  const backend = tf.backend() as unknown as OpBackend;
  const attributes = opAttributes(backend, epsilon);
  const normalize = tf.customGrad((...args) => {
    const [x, scale, offset, save] = args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const none = tf.tensor1d([]);
    const inputs = [x, scale, offset, none, none];
    const [value, mean, variance, ...reserved] = backend.executeMultipleOutputs(
      'FusedBatchNormV3',
      attributes,
      inputs,
      6,
    ) as [tf.Tensor, tf.Tensor, tf.Tensor, ...tf.Tensor[]];
    observe(mean, variance);
    save([x, scale, ...reserved]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        backend
          .executeMultipleOutputs('FusedBatchNormGradV3', attributes, [dy, ...saved], 5)
          .slice(0, 3),
    };
  });
  return normalize(
    input,
    options.gamma ?? tf.ones([channels]),
    options.beta ?? tf.zeros([channels]),
  );
}

function opAttributes({ binding }: OpBackend, epsilon: number): OpAttribute[] {
  return [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'U', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: epsilon },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: binding.TF_ATTR_BOOL, value: true },
  ];
}
