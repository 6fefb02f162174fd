/** Layers models saved to and loaded from `file://` addresses. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { memory, tf } from '../../src/tensorflow/index.js';
import { temporaryFolder } from '../support/folders.js';

test('when a model is saved and loaded again, then it predicts the same', async (t) => {
  const folder = path.join(temporaryFolder(t), 'model');
  const before = memory();
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [8, 8, 2], activation: 'relu' }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 4 }),
    ],
  });
  const x = tf.randomNormal([2, 8, 8, 2]);
  const wanted = tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync());
  await model.save(`file://${folder}`);
  model.dispose();

  const loaded = await tf.loadLayersModel(`file://${folder}/model.json`);
  const actual = tf.tidy(() => (loaded.predict(x) as tf.Tensor).dataSync());
  assert.deepEqual(actual, wanted);
  loaded.dispose();
  x.dispose();
  assert.deepEqual(memory(), before);
});

test('when there is no model at an address, then the error names the path', async (t) => {
  const file = path.join(temporaryFolder(t), 'model.json');
  await assert.rejects(tf.loadLayersModel(`file://${file}`), new RegExp(`${file} does not exist`));
});
