/** Gradients of resizing against finite differences: a resize is linear, so these are exact to rounding. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tf } from '../../src/tensorflow/index.js';

const image = tf.randomNormal<tf.Rank.R4>([1, 4, 5, 2], 0, 1, 'float32', 1);

const ways = [
  [false, true],
  [false, false],
  [true, false],
] as const;

for (const resize of [tf.image.resizeBilinear, tf.image.resizeNearestNeighbor]) {
  for (const [alignsCorners, halfPixels] of ways) {
    const way = `align corners ${alignsCorners}, half-pixel centres ${halfPixels}`;
    test(`when ${resize.name.replace('__op', '')} is derived with ${way}, then the gradient is that of the values`, () => {
      const factors = tf.randomNormal([1, 7, 3, 2], 0, 1, 'float32', 2);
      const loss = (x: tf.Tensor) =>
        resize(x as tf.Tensor4D, [7, 3], alignsCorners, halfPixels)
          .mul(factors)
          .sum<tf.Scalar>();
      const gradient = tf.grad(loss)(image).dataSync();
      const wanted = gradient.map((_, element) => {
        const one = tf.oneHot(tf.scalar(element, 'int32'), image.size).reshape(image.shape);
        return loss(one.cast('float32')).dataSync()[0] as number;
      });
      gradient.forEach((value, element) => {
        assert.ok(
          Math.abs(value - (wanted[element] as number)) < 1e-5,
          `${gradient} is not ${wanted}`,
        );
      });
    });
  }
}
