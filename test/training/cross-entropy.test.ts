/** Compares the loss and its gradient with the formula in double precision. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jit, tf } from '../../src/tensorflow/index.js';
import { crossEntropies, smoothed } from '../../src/training/loss/cross-entropy.js';

const logits = [
  [2, -1, 0.5],
  [-30, 40, 0],
  [0.1, 0.2, 0.3],
];
const targets = [
  [0.25, 0.75, 0],
  [1, 0, 0],
  [0, 0, 1],
];
const share = 0.3;
const weights = [1, 0.5, -2];

test('when targets are smoothed, then loss and gradient follow the formula', () => {
  const x = tf.tensor2d(logits);
  const y = tf.tensor2d(targets);
  const loss = (z: tf.Tensor2D) => crossEntropies(z, smoothed(y, share)).mul(tf.tensor1d(weights));
  const losses = loss(x).arraySync() as number[];
  const gradient = (z: tf.Tensor2D) => tf.grad((input) => loss(input as tf.Tensor2D).sum())(z);
  const jitted = jit(gradient);
  const gradients = [gradient(x), jitted(x)].map((tensor) => tensor.arraySync() as number[][]);
  logits.forEach((row, i) => {
    const largest = Math.max(...row);
    const total = row.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
    const weight = weights[i] as number;
    const smooth = row.map((_, k) => (1 - share) * (targets[i]?.[k] as number) + share / 3);
    const wanted = row.reduce(
      (sum, logit, k) => sum - (smooth[k] as number) * (logit - largest - Math.log(total)),
      0,
    );
    assert.ok(Math.abs((losses[i] as number) - weight * wanted) < 1e-6 * wanted, `row ${i}`);
    row.forEach((logit, k) => {
      const slope = weight * (Math.exp(logit - largest) / total - (smooth[k] as number));
      for (const gradient of gradients) {
        assert.ok(Math.abs((gradient[i]?.[k] as number) - slope) < 1e-6, `${i}, ${k}`);
      }
    });
  });
});

test('when a row of targets is zeros, then its loss is 0', () => {
  assert.deepEqual(crossEntropies(tf.tensor2d([[1, 2]]), tf.zeros([1, 2])).arraySync(), [0]);
});
