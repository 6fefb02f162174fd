/** Dropout with a key for each step: the same key drops the same units. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dropout, keyOf } from '../../../src/model/index.js';
import { jit, tf } from '../../../src/tensorflow/index.js';

const input = tf.ones([100, 100]);
const call = (layer: Dropout, key?: string, training = true) => {
  const step = { training, ...(key !== undefined && { dropoutKey: keyOf(key) }) };
  return [...(layer.call(input, step) as tf.Tensor).dataSync()];
};

test('when the key is the same then the mask is the same; another step or layer has another mask', () => {
  const layer = new Dropout({ name: 'one', rate: 0.2 });
  const mask = call(layer, '7/3');
  assert.deepEqual(call(layer, '7/3'), mask);
  assert.notDeepEqual(call(layer, '7/4'), mask);
  assert.notDeepEqual(call(new Dropout({ name: 'two', rate: 0.2 }), '7/3'), mask);
  assert.notDeepEqual(call(layer), call(layer));
});

test('when a function that drops units is jitted then each key has the same mask as in eager code', () => {
  const layer = new Dropout({ name: 'one', rate: 0.2 });
  const jitted = jit(
    (dropoutKey: tf.Tensor1D) => layer.call(input, { training: true, dropoutKey }) as tf.Tensor,
  );
  for (const key of ['7/3', '7/4']) {
    assert.deepEqual([...jitted(keyOf(key)).dataSync()], call(layer, key));
  }
});

test('when units are dropped then their share is the rate, and the others are scaled to compensate', () => {
  const values = call(new Dropout({ rate: 0.2 }), 'key');
  assert.deepEqual([...new Set(values)].sort(), [0, 1.25]);
  const share = values.filter((v) => v === 0).length / values.length;
  // Five standard deviations of 10,000 draws.
  assert.ok(Math.abs(share - 0.2) < 0.02, `${share}`);
});

test('when the layer predicts then no unit is dropped', () => {
  assert.deepEqual(call(new Dropout({ rate: 0.5 }), 'key', false), [...input.dataSync()]);
});
