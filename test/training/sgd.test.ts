/** The optimiser against its recurrence worked out by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tf } from '../../src/tensorflow/index.js';
import { Sgd } from '../../src/training/index.js';

const options = { momentum: 0.5, weightDecay: 0.1, decayAll: false };

function setUp(decayAll = false) {
  const kernel = tf.variable(tf.tensor2d([[2]]));
  const bias = tf.variable(tf.tensor1d([2]));
  const named = [
    { name: 'kernel', variable: kernel },
    { name: 'bias', variable: bias },
  ];
  const step = (optimizer: Sgd) =>
    optimizer.apply({ [kernel.name]: tf.tensor2d([[1]]), [bias.name]: tf.tensor1d([1]) }, 0.5);
  const read = () => [kernel, bias].map((v) => v.dataSync()[0] as number);
  return { named, step, read, optimizer: new Sgd(named, { ...options, decayAll }) };
}

const close = (actual: number[], wanted: number[]) =>
  actual.forEach((v, i) => {
    assert.ok(Math.abs(v - (wanted[i] as number)) < 1e-6, `${actual} is not ${wanted}`);
  });

test('when two steps are taken then kernels decay, biases do not, and both gather speed', () => {
  const { step, read, optimizer } = setUp();
  step(optimizer);
  // Kernel: v = 1 + 0.1 · 2 = 1.2, w = 2 − 0.6; bias: v = 1, w = 2 − 0.5.
  close(read(), [1.4, 1.5]);
  step(optimizer);
  // Kernel: v = 0.6 + 1 + 0.14 = 1.74, w = 1.4 − 0.87; bias: v = 1.5, w = 1.5 − 0.75.
  close(read(), [0.53, 0.75]);
});

test('when everything decays then the bias does as well', () => {
  const { step, read, optimizer } = setUp(true);
  step(optimizer);
  close(read(), [1.4, 1.4]);
});

test('when its state moves to another optimiser then that one goes on alike', () => {
  const { named, step, read, optimizer } = setUp();
  step(optimizer);
  const other = new Sgd(named, options);
  other.restore(optimizer.slots().reverse());
  step(other);
  close(read(), [0.53, 0.75]);
  assert.throws(() => other.restore([]), /a velocity of shape \[1,1\] for kernel/);
});
