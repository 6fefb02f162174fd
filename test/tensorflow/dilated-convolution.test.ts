/** Dilated convolutions of single channels, and their gradients, against kernels that have zeros between their weights. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jit, tf } from '../../src/tensorflow/index.js';

const image = tf.randomNormal<tf.Rank.R4>([2, 9, 8, 3], 0, 1, 'float32', 1);
const kernel = tf.randomNormal<tf.Rank.R4>([3, 2, 3, 2], 0, 1, 'float32', 2);

/** The kernel [3, 2, …] with dilations 2 and 3, as one without: [5, 4, …]. */
const spread = (weights: tf.Tensor): tf.Tensor4D => {
  const rows = tf.slice(tf.stack([weights, tf.zerosLike(weights)], 1).reshape([6, 2, 3, 2]), 0, 5);
  const zeros = tf.zerosLike(rows);
  const columns = tf.stack([rows, zeros, zeros], 2).reshape([5, 6, 3, 2]);
  return tf.slice(columns, [0, 0], [5, 4]) as tf.Tensor4D;
};

function close(actual: tf.Tensor, wanted: tf.Tensor): void {
  assert.deepEqual(actual.shape, wanted.shape);
  assert.ok((actual.sub(wanted).abs().max().dataSync()[0] as number) < 1e-5, `${actual}`);
}

const explicit: [number, number][] = [
  [0, 0],
  [1, 2],
  [3, 0],
  [0, 0],
];

for (const padding of ['same', 'valid', explicit] as const) {
  const dilated = (x: tf.Tensor, k: tf.Tensor) =>
    tf.depthwiseConv2d(x as tf.Tensor4D, k as tf.Tensor4D, 1, padding as 'same', 'NHWC', [2, 3]);
  const plain = (x: tf.Tensor, k: tf.Tensor) =>
    typeof padding === 'string'
      ? tf.depthwiseConv2d(x as tf.Tensor4D, spread(k), 1, padding)
      : tf.depthwiseConv2d(tf.pad(x as tf.Tensor4D, padding), spread(k), 1, 'valid');

  test(`when tf.depthwiseConv2d has dilations and the padding ${padding}, then they are computed, and both gradients`, () => {
    close(dilated(image, kernel), plain(image, kernel));
    const loss =
      (convolve: (x: tf.Tensor, k: tf.Tensor) => tf.Tensor) => (x: tf.Tensor, k: tf.Tensor) =>
        convolve(x, k).square().sum().asScalar();
    const [wantedX, wantedK] = tf.grads(loss(plain))([image, kernel]);
    const both = (x: tf.Tensor, k: tf.Tensor) => tf.grads(loss(dilated))([x, k]);
    for (const [x, k] of [both(image, kernel), jit(both)(image, kernel)]) {
      close(x as tf.Tensor, wantedX as tf.Tensor);
      // Sums of 144 squares.
      close((k as tf.Tensor).div(100), (wantedK as tf.Tensor).div(100));
    }
  });
}

test('when the convolution is fused with a bias and an activation, then it has its dilations, too', () => {
  const bias = tf.tensor1d([1, 2, 3, 4, 5, 6]);
  const options = { x: image, strides: 1, pad: 'same', bias, activation: 'relu' } as const;
  close(
    tf.fused.depthwiseConv2d({ ...options, filter: kernel, dilations: [2, 3] }),
    tf.fused.depthwiseConv2d({ ...options, filter: spread(kernel) }),
  );
});
