/** `using` frees batches, loaders and classifiers at the end of a block. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  adoptBatch,
  createLoader,
  createModel,
  type LoaderSample,
  loadClassifier,
  saveClassifier,
  tf,
} from '../src/index.js';
import { temporaryFolder } from './support/folders.js';
import { loaderFor, plainPixels, writePictures } from './support/pictures.js';

const preprocessing = plainPixels(40, 32);
const network = {
  network: 'mobilenet-v2',
  classes: ['a', 'b'],
  pretrained: false,
  size: 32,
  trainable: 'all',
  seed: 1,
} as const;
const photos = temporaryFolder();
let samples: LoaderSample[] = [];

before(async () => {
  samples = await writePictures(photos, { count: 6, width: 60, height: 50 });
});

test('when a batch goes out of use, then the ring gets its slot back, once', async (t) => {
  // With two slots, an epoch of three batches ends only if they come back.
  const loader = loaderFor(t, { samples, preprocessing, batchSize: 2, slots: 2 });
  let batches = 0;
  for await (using batch of loader.epoch(0)) {
    assert.equal(batch.count, 2);
    batches++;
  }
  for await (using batch of loader.epoch(1)) {
    batch.release();
    batches++;
  }
  assert.equal(batches, 6);
});

test('when an adopted batch goes out of use, then its tensor stays', async (t) => {
  const loader = loaderFor(t, { samples, preprocessing, batchSize: 2 });
  for await (const batch of loader.epoch(0)) {
    const pixels = batch.pixels();
    const images = adoptBatch(batch);
    batch[Symbol.dispose]();
    batch[Symbol.dispose]();
    assert.deepEqual(images.dataSync(), pixels);
    images.dispose();
  }
});

test('when a loader goes out of use, then it is closed, also twice', () => {
  const loader = createLoader({ samples, preprocessing, batchSize: 2 });
  {
    using inUse = loader;
    assert.equal(inUse.batchesPerEpoch, 3);
  }
  assert.throws(() => loader.epoch(0), /closed/);
  loader[Symbol.dispose]();
});

test('when classifiers go out of use, then no tensor of theirs is left', async (t) => {
  const folder = temporaryFolder(t);
  const tensors = tf.memory().numTensors;
  {
    using built = await createModel(network);
    await saveClassifier(built, folder);
    using loaded = await loadClassifier(folder);
    const answers = tf.tidy(() => loaded.model.predict(tf.zeros([1, 32, 32, 3])).shape);
    assert.deepEqual(answers, [1, 2]);
    assert.ok(tf.memory().numTensors > tensors);
  }
  assert.equal(tf.memory().numTensors, tensors);
});

test('when a classifier is freed again, or after its model, then nothing happens', async () => {
  const classifier = await createModel(network);
  const copy = { ...classifier };
  classifier.model.dispose();
  classifier[Symbol.dispose]();
  copy[Symbol.dispose]();
  assert.throws(() => classifier.model.predict(tf.zeros([1, 32, 32, 3])), /disposed/);
});
