/** Keras's own files against what Keras computed: fixtures/make.py writes both. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tf } from '../../../src/tensorflow/index.js';
import { distance, images, imported, modelOf } from './imported.js';

for (const name of [
  'all_layers.keras',
  'all_layers.h5',
  'activations.h5',
  'shapes.h5',
  'keras2.h5',
  'compiled.keras',
]) {
  test(`when ${name} is imported, then it computes what Keras did`, async () => {
    const model = await modelOf(await imported(name));
    const outputs = model.predict(images()) as tf.Tensor;
    assert.ok(distance(outputs, name.slice(0, name.indexOf('.'))) < 1e-5, `${outputs}`);
  });
}

test('when a network has a head, then its features are vectors that enter it, also if the head convolves', async () => {
  const { features, layers, preprocessing, sides, producer } = await imported('all_layers.keras');
  const model = await modelOf(await imported('all_layers.keras'));
  assert.deepEqual(model.getLayer(features).outputShape, [null, 4]);
  assert.deepEqual(sides, { multipleOf: 1 });
  assert.equal(producer, 'Keras 3.15.1');
  assert.equal((layers as { class_name: string }).class_name, 'Model');
  // Its first layers rescale pixels.
  assert.deepEqual(preprocessing, { size: 8, mean: [0, 0, 0], std: [1, 1, 1], channels: 'rgb' });
});

test('when a network has no head, then its features are the means of its channels', async () => {
  const network = await imported('sequential.keras');
  const model = await modelOf(network);
  const means = model.predict(images()) as tf.Tensor;
  assert.deepEqual(means.shape, [2, 2]);
  assert.equal(network.features, 'features');
  assert.match(network.notes.join(), /^The network has no head: its features are the means/);
  const [image] = model.layers.slice(-2) as [tf.layers.Layer, ...tf.layers.Layer[]];
  const trunk = tf.model({ inputs: model.inputs, outputs: image.output as tf.SymbolicTensor });
  assert.ok(distance(trunk.predict(images()) as tf.Tensor, 'sequential') < 1e-5);
});

test('when layers have what import leaves out, then the notes say so', async () => {
  const { notes } = await imported('all_layers.h5');
  assert.match(notes.join('\n'), /RandomFlip is left out.*\n.*Regularizers and constraints/);
});
