/** Computes the images of a comparison in two batches of other lengths, since exported models take any. */
import { tf } from '../tensorflow/index.js';
import type { Images } from './format.js';

/**
 * The probabilities of images, [images, classes].
 *
 * @param compute levels, [batch, crop, crop, 3], to the probabilities of each head, [batch, classes]
 */
export function inTwoBatches(
  { shape, levels }: Images,
  compute: (levels: tf.Tensor) => tf.Tensor[],
): Float32Array {
  const [count] = shape;
  return tf.tidy(() => {
    const all = tf.tensor4d(levels, shape);
    const rows = tf.split(all, [1, count - 1]).map((part) => tf.concat(compute(part), 1));
    return tf.concat(rows).dataSync<'float32'>();
  });
}
