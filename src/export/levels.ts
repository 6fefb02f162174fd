/** The function that exported models compute: from the levels of cropped images to the probabilities of each head. */
import { type Classifier, outputsOf } from '../model/index.js';
import type { Preprocessing } from '../pipeline/index.js';
import { tf } from '../tensorflow/index.js';

/** Levels of RGB, 0…255, [batch, crop, crop, 3], to the probabilities of each head, [batch, classes]. */
export type FromLevels = (levels: tf.Tensor) => tf.Tensor[];

/** The forward pass of a classifier with its preprocessing in front. */
export function fromLevels({ model, preprocessing }: Classifier): FromLevels {
  const heads = tf.model({ inputs: model.inputs, outputs: outputsOf(model) });
  return function fromLevels(levels) {
    const results = heads.apply(normalized(levels, preprocessing), { training: false });
    return [results].flat() as tf.Tensor[];
  };
}

function normalized(levels: tf.Tensor, { channels, mean, std }: Preprocessing): tf.Tensor {
  const ordered = channels === 'bgr' ? tf.reverse(levels, -1) : levels;
  return tf.div(tf.sub(ordered, tf.tensor1d(mean)), tf.tensor1d(std));
}
