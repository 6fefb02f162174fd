/** A network that learns drawn garments from random weights in seconds. */
import type { Task } from '../../src/dataset/index.js';
import { BatchNormalization, type Classifier, headsFor, ReLU } from '../../src/model/index.js';
import { tf } from '../../src/tensorflow/index.js';

/** Four convolutions, each of half the side, and a head for each task on all places of the last one. */
export function tinyClassifier(tasks: readonly Task[], size: number, seed: number): Classifier {
  const heads = headsFor(tasks.map(({ name, ...task }) => ({ ...task, task: name })));
  const input = tf.input({ shape: [size, size, 3] });
  let features: tf.SymbolicTensor = input;
  for (const [index, filters] of [16, 32, 48, 64].entries()) {
    const convolution = tf.layers.conv2d({
      filters,
      ...{ kernelSize: 3, strides: 2, padding: 'same', useBias: false },
      kernelInitializer: tf.initializers.heNormal({ seed: 10 * seed + index }),
    });
    const normalized = new BatchNormalization({ momentum: 0.9 }).apply(convolution.apply(features));
    features = new ReLU({}).apply(normalized) as tf.SymbolicTensor;
  }
  const dropped = tf.layers
    .dropout({ name: 'dropout', rate: 0.3 })
    .apply(tf.layers.flatten().apply(features));
  const parts = heads.map(({ task, classes: { length: units } }) => {
    const name = heads.length === 1 ? 'logits' : `logits/${task}`;
    const kernelInitializer = tf.initializers.glorotUniform({ seed });
    const logits = tf.layers.dense({ name, units, kernelInitializer }).apply(dropped);
    return tf.layers.softmax().apply(logits) as tf.SymbolicTensor;
  });
  const [only, ...others] = parts as [tf.SymbolicTensor];
  const joined = () => tf.layers.concatenate({ name: 'probabilities' }).apply(parts);
  const outputs = others.length === 0 ? only : joined();
  const statistics: [number, number, number] = [127.5, 127.5, 127.5];
  return {
    model: tf.model({ inputs: input, outputs: outputs as tf.SymbolicTensor }),
    preprocessing: {
      ...{ resize: Math.ceil(size * 1.1), crop: size, channels: 'rgb', mean: statistics },
      std: statistics,
    },
    classes: heads.flatMap(({ classes }) => classes),
    ...(heads.length > 1 && { heads }),
    network: 'tiny',
  };
}
