/** ReLU6 as a layer: values, gradient, and saved models. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import '../../../src/model/index.js';
import { tf } from '../../../src/tensorflow/index.js';

const input = [-2, 0, 0.5, 5.9, 6, 6.5];

test('when a saved model has a ReLU of 6 then values and gradients are those of the definition', async () => {
  const stock = tf.sequential({ layers: [tf.layers.reLU({ inputShape: [6], maxValue: 6 })] });
  const model = await tf.models.modelFromJSON(stock.toJSON(null, false) as never);
  const x = tf.tensor2d([input]);
  const output = (model.apply(x) as tf.Tensor).dataSync();
  assert.deepEqual([...output], [0, 0, 0.5, Math.fround(5.9), 6, 6]);
  const gradient = tf.grad((v) => (model.apply(v) as tf.Tensor).mul([1, 2, 3, 4, 5, 6]).sum())(x);
  assert.deepEqual([...gradient.dataSync()], [0, 0, 3, 4, 0, 0]);
});

test('when a ReLU has no ceiling then it stays an ordinary one', async () => {
  const stock = tf.sequential({ layers: [tf.layers.reLU({ inputShape: [6] })] });
  const model = await tf.models.modelFromJSON(stock.toJSON(null, false) as never);
  const output = (model.apply(tf.tensor2d([input])) as tf.Tensor).dataSync();
  assert.deepEqual([...output], [0, 0, 0.5, Math.fround(5.9), 6, 6.5]);
});

test('when a ReLU is derived once and twice then the results are those of the definition', () => {
  const x = tf.tensor1d(input);
  const weights = tf.tensor1d([1, 2, 3, 4, 5, 6]);
  const first = tf.grad((v) => tf.relu(v).mul(weights).sum());
  assert.deepEqual([...first(x).dataSync()], [0, 0, 3, 4, 5, 6]);
  // f = Σ w relu(x)², f′ = 2 w relu(x), and Σ f′ derived is 2 w where x > 0.
  const squared = tf.grad((v) => tf.relu(v).square().mul(weights).sum());
  const second = tf.grad((v) => squared(v).sum())(x);
  assert.deepEqual([...second.dataSync()], [0, 0, 6, 8, 10, 12]);
});
