/** A small network without kinks, whose gradients can be compared closely: each worker draws other weights. */
import { BatchNormalization, type Classifier, Dropout } from '../../../src/model/index.js';
import { tf } from '../../../src/tensorflow/index.js';

/** Has batch normalisation of maps and of features, dropout of both, and a residual branch that can be skipped. */
export function smoothClassifier(seed: number): Classifier {
  const kernel = (place: number) => ({
    useBias: false,
    kernelInitializer: tf.initializers.heNormal({ seed: 10 * seed + place }),
  });
  const swish = () => tf.layers.activation({ activation: 'swish' });
  const maps = (x: tf.SymbolicTensor, layer: tf.layers.Layer) =>
    new BatchNormalization({ momentum: 0.8 }).apply(layer.apply(x)) as tf.SymbolicTensor;
  const input = tf.input({ shape: [32, 32, 3] });
  const first = swish().apply(
    maps(input, tf.layers.conv2d({ filters: 8, kernelSize: 3, strides: 2, ...kernel(1) })),
  );
  const dropped = new Dropout({ rate: 0.2, name: 'dropped' }).apply(first) as tf.SymbolicTensor;
  const branch = maps(
    dropped,
    tf.layers.conv2d({ filters: 8, kernelSize: 3, padding: 'same', ...kernel(2) }),
  );
  const sum = tf.layers.add({ name: 'sum' }).apply([dropped, branch]) as tf.SymbolicTensor;
  const pooled = tf.layers.globalAveragePooling2d({}).apply(sum) as tf.SymbolicTensor;
  const features = new BatchNormalization({ momentum: 0.8 }).apply(pooled);
  const kept = new Dropout({ rate: 0.3, name: 'kept' }).apply(features) as tf.SymbolicTensor;
  const logits = tf.layers.dense({ name: 'logits', units: 3, ...kernel(3), useBias: true });
  const outputs = tf.layers.softmax().apply(logits.apply(kept)) as tf.SymbolicTensor;
  return {
    model: tf.model({ inputs: input, outputs }),
    preprocessing: {
      ...{ resize: 36, crop: 32, channels: 'rgb' },
      ...{ mean: [127, 127, 127], std: [64, 64, 64] },
    },
    classes: ['red', 'green', 'blue'],
    network: 'smooth',
  };
}
