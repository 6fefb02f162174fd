/** The forward pass of prediction: traced once for requests of any size, off the thread, with the present weights. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { createModel, forwardOf } from '../../src/model/index.js';
import { classify, classifyBatches, predict } from '../../src/prediction/index.js';
import { memory, tf } from '../../src/tensorflow/index.js';
import { temporaryFolder } from '../support/folders.js';
import { checkLateness } from '../support/lateness.js';
import { drawPhotos } from '../support/photos.js';
import { smallClassifier } from '../support/small-classifier.js';

const folder = temporaryFolder();
const manifest = await drawPhotos(folder, { training: 3, validation: 1 });
const files = manifest.samples.map((sample) => path.join(folder, sample.path));

/** EfficientNet-Lite0 of three classes for images of 64 pixels, disturbed so that no normalisation is the identity. */
async function classifierOf() {
  const classifier = await createModel({
    network: 'efficientnet-lite0',
    classes: ['a', 'b', 'c'],
    pretrained: false,
    size: 64,
    trainable: 'head',
    seed: 1,
  });
  tf.tidy(() => {
    const { weights } = classifier.model;
    for (const [seed, weight] of weights.entries()) {
      const value = weight.read();
      weight.write(value.add(tf.randomUniform(value.shape, 0.01, 0.1, 'float32', seed)));
    }
  });
  return classifier;
}

const largest = (differences: Float32Array) =>
  differences.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

test('when batches are not full, then the pass is traced once, and each row is that of a full batch', async () => {
  const classifier = smallClassifier();
  const forward = forwardOf(classifier);
  const whole = await predict({ classifier, files, batchSize: 4 });
  const parts = await predict({ classifier, files: files.slice(0, 7), batchSize: 4 });
  assert.equal(forward.traces, 1);
  assert.ok(
    largest(parts.probabilities.map((value, i) => value - (whole.probabilities[i] as number))) <
      1e-6,
  );
  for (const count of [3, 4, 2, 1, 3]) {
    await predict({ classifier, files: files.slice(0, count), batchSize: 8, crops: 'five' });
  }
  assert.equal(forward.traces, 2);
});

test('when the network is one of Bobbin’s, then probabilities are within 1e-5 of those op by op, also after the weights change', async () => {
  const classifier = await classifierOf();
  const pixels = tf.randomNormal([2, 64, 64, 3], 0, 1, 'float32', 3);
  const forward = forwardOf(classifier);
  for (let round = 0; round < 2; round++) {
    const wanted = (classifier.model.predict(pixels) as tf.Tensor).dataSync() as Float32Array;
    const found = forward(pixels, 1).dataSync() as Float32Array;
    assert.ok(largest(found.map((value, i) => value - (wanted[i] as number))) < 1e-5);
    const kernel = classifier.model.getLayer('stem_conv').weights[0] as tf.LayerVariable;
    kernel.write(kernel.read().mul(2));
  }
  forward.dispose();
});

test('when a weight is not finite and a fused ReLU hides it, then no class is named, and the error has the weight', async () => {
  const classifier = await classifierOf();
  const [file] = files as [string];
  await predict({ classifier, files: [file] });
  for (const [layer, place, bad] of [
    ['block6_expand_conv', 0, Number.NaN],
    ['block6_expand_bn', 1, Number.NEGATIVE_INFINITY],
  ] as const) {
    const weight = classifier.model.getLayer(layer).weights[place] as tf.LayerVariable;
    const values = weight.read().dataSync();
    weight.write(
      tf.tensor(
        values.map((value, i) => (i === 7 ? bad : value)),
        weight.read().shape,
      ),
    );
    await assert.rejects(predict({ classifier, files: [file] }), {
      name: 'InvalidInputError',
      message: `Expected finite numbers for the weight ${weight.originalName} but received ${bad}. The weights of the classifier are not sound: train it again, or use another`,
    });
    weight.write(tf.tensor(values, weight.read().shape));
    await predict({ classifier, files: [file] });
  }
});

test('when the work is aborted or a callback throws, then no tensor is left behind', async () => {
  const classifier = smallClassifier();
  await classify({ classifier, files, batchSize: 2 });
  const before = { ...memory(), js: tf.memory().numTensors };
  const control = new AbortController();
  const stopped = classify({
    ...{ classifier, files, batchSize: 2, signal: control.signal },
    onProgress: () => control.abort(new Error('stopped')),
  });
  await assert.rejects(stopped, /stopped/);
  for await (const _ of classifyBatches({ classifier, files, batchSize: 2 })) {
    break;
  }
  // The batch that was being rendered is discarded when it is there.
  const deadline = Date.now() + 10_000;
  while (tf.memory().numTensors > before.js && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.deepEqual({ ...memory(), js: tf.memory().numTensors }, before);
});

test('when images are classified, then a timer runs on time', async (t) => {
  const classifier = await classifierOf();
  const many = Array.from({ length: 96 }, (_, i) => files[i % files.length] as string);
  await classify({ classifier, files: many });
  await checkLateness(t, async (startTimer) => {
    const stop = startTimer();
    await classify({ classifier, files: many });
    return stop();
  });
});
