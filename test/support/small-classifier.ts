/** A classifier that is trained in a moment, and one whose answers are known beforehand. */
import type { Task } from '../../src/dataset/index.js';
import { BatchNormalization, type Classifier, headsFor, ReLU } from '../../src/model/index.js';
import { tf } from '../../src/tensorflow/index.js';

/** A network small enough to learn three colours from 24 images in a moment. `first` come before its own layers. */
export function smallClassifier(...first: tf.layers.Layer[]): Classifier {
  const model = tf.sequential({
    layers: [
      ...first,
      tf.layers.conv2d({
        inputShape: [32, 32, 3],
        filters: 8,
        kernelSize: 3,
        strides: 2,
        kernelInitializer: tf.initializers.heNormal({ seed: 4 }),
      }),
      new BatchNormalization({ momentum: 0.8 }),
      new ReLU({ maxValue: 6 }),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({
        name: 'logits',
        units: 3,
        kernelInitializer: tf.initializers.glorotUniform({ seed: 4 }),
      }),
      tf.layers.softmax(),
    ],
  });
  return {
    model,
    preprocessing: {
      resize: 36,
      crop: 32,
      mean: [127, 127, 127],
      std: [128, 128, 128],
      channels: 'rgb',
    },
    classes: ['red', 'green', 'blue'],
    network: 'small',
  };
}

/** A logit for each class: the mean of its colour times a gain, and a bias. Photos of `drawPhotos` are its images. */
export function plantedClassifier(gains: number[], bias: number[]): Classifier {
  const model = tf.sequential({
    layers: [
      tf.layers.globalAveragePooling2d({ inputShape: [32, 32, 3], name: 'means' }),
      tf.layers.dense({ units: 3, name: 'logits' }),
      tf.layers.softmax({ name: 'probabilities' }),
    ],
    name: 'planted',
  });
  model.getLayer('logits').setWeights([tf.diag(tf.tensor1d(gains)), tf.tensor1d(bias)]);
  const preprocessing: Classifier['preprocessing'] = {
    ...{ resize: 36, crop: 32, channels: 'rgb' },
    ...{ mean: [127, 127, 127], std: [128, 128, 128] },
  };
  return {
    model,
    preprocessing,
    classes: ['red', 'green', 'blue'],
    network: 'planted',
    task: 'colour',
  };
}

/** The same network with a head for each task. */
export function smallHeads(tasks: readonly Task[]): Classifier {
  const small = smallClassifier();
  const heads = headsFor(tasks.map(({ name, ...task }) => ({ ...task, task: name })));
  const features = small.model.getLayer('logits').input as tf.SymbolicTensor;
  const dropped = tf.layers.dropout({ name: 'dropout', rate: 0.1 }).apply(features);
  const parts = heads.map(({ task, classes: { length: units }, labels }) => {
    const kernelInitializer = tf.initializers.glorotUniform({ seed: 3 });
    const logits = tf.layers.dense({
      name: `logits/${task.replace(/[^-\w]/g, '.')}`,
      units,
      kernelInitializer,
    });
    const activation =
      labels === 'one' ? tf.layers.softmax() : tf.layers.activation({ activation: 'sigmoid' });
    return activation.apply(logits.apply(dropped)) as tf.SymbolicTensor;
  });
  const [only, ...others] = parts as [tf.SymbolicTensor];
  const outputs =
    others.length === 0
      ? only
      : (tf.layers.concatenate({ name: 'probabilities' }).apply(parts) as tf.SymbolicTensor);
  const model = tf.model({ inputs: small.model.inputs, outputs });
  return { ...small, model, classes: heads.flatMap(({ classes }) => classes), heads };
}
