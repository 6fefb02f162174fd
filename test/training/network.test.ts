/** Compares a model split into a frozen and a learning part with the whole model. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createModel, keyOf, setTrainable, type Trainable } from '../../src/model/index.js';
import { tf } from '../../src/tensorflow/index.js';
import { splitNetwork } from '../../src/training/run/network.js';
import { fixtureNamed, modelOf } from '../graph/fixture.js';

const { model } = await createModel({
  network: 'efficientnet-lite0',
  classes: ['a', 'b', 'c'],
  pretrained: false,
  size: 64,
  trainable: 'all',
  seed: 2,
});
const images = tf.randomUniform([2, 64, 64, 3], -1, 1, 'float32', 3);
const step = { training: true, dropoutKey: keyOf('key') };

test('when only the head is trained then the network in front of it runs outside the gradient', () => {
  setTrainable(model, 'head');
  const { variables, frozen, learn } = splitNetwork(model);
  assert.deepEqual(
    variables.map(({ name }) => name),
    ['logits/kernel', 'logits/bias'],
  );
  const input = frozen(images);
  assert.deepEqual(input.shape, [2, 2, 2, 1280]);
  const whole = tf.model({
    inputs: model.inputs,
    outputs: model.getLayer('logits').output as tf.SymbolicTensor,
  });
  const loss = (logits: tf.Tensor) => logits.square().sum().asScalar();
  const weights = variables.map(({ variable }) => variable);
  const split = tf.variableGrads(() => loss(learn(input, step)), weights);
  const undivided = tf.variableGrads(() => loss(whole.apply(images, step) as tf.Tensor), weights);
  assert.deepEqual(split.value.arraySync(), undivided.value.arraySync());
  for (const { name } of weights) {
    assert.deepEqual(split.grads[name]?.arraySync(), undivided.grads[name]?.arraySync());
  }
});

test('when everything is trained then every layer is in the gradient', () => {
  setTrainable(model, 'all');
  const { variables, frozen } = splitNetwork(model);
  assert.equal(variables.length, 49 * 3 + 2);
  assert.equal(frozen(images), images);
});

test('when biases and norms are trained, then they and the head have the gradients that they have in the whole', () => {
  const loss = (logits: tf.Tensor) => logits.square().mean().asScalar();
  const gradients = (trainable: Trainable) => {
    setTrainable(model, trainable);
    const { variables, learn } = splitNetwork(model);
    const weights = variables.map(({ variable }) => variable);
    const { grads } = tf.variableGrads(() => loss(learn(images, step)), weights);
    return { variables, grads };
  };
  const whole = gradients('all').grads;
  const { variables, grads } = gradients('biases-and-norms');
  assert.equal(variables.length, 49 * 2 + 2);
  const kernels = variables.filter(({ variable }) => variable.rank > 1);
  assert.deepEqual(
    kernels.map(({ name }) => name),
    ['logits/kernel'],
  );
  for (const [name, gradient] of Object.entries(grads)) {
    assert.deepEqual(gradient.dataSync(), whole[name]?.dataSync(), name);
  }
});

test('when biases and norms of an imported network are trained, then its matrices and positions wait', () => {
  const imported = modelOf(fixtureNamed('transformer'));
  setTrainable(imported, 'biases-and-norms');
  const names = imported.trainableWeights.map(({ originalName }) => originalName);
  assert.ok(names.includes('net/attention.qkv.bias') && names.includes('net/norms.2.weight'));
  assert.equal(names.length, 1 + 1 + 3 * 2 + 5);
  assert.equal(imported.weights.length, 21);
});

test('when logits are inferred then their softmax is the model’s prediction', () => {
  const logits = splitNetwork(model).infer(images);
  assert.deepEqual(logits.softmax().arraySync(), (model.predict(images) as tf.Tensor).arraySync());
});

test('when a model does not end in a softmax then it is refused', () => {
  const bare = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 2 })] });
  assert.throws(
    () => splitNetwork(bare),
    /a softmax as the last layer for model but received "Dense"/,
  );
});
