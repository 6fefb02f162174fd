/** A classifier that is trained in a moment. */
import { BatchNormalization, type Classifier, ReLU } from '../../src/model/index.js';
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
