/** Classifiers: head, frozen layers, saving and loading. */
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import {
  createModel,
  loadClassifier,
  type ModelOptions,
  saveClassifier,
} from '../../src/model/index.js';
import { tf } from '../../src/tensorflow/index.js';
import { temporaryFolder } from '../support/folders.js';
import { spoil } from '../support/spoil.js';

const folder = temporaryFolder();

const options: ModelOptions = {
  network: 'efficientnet-lite0',
  classes: ['shirt', 'skirt', 'shoe'],
  pretrained: false,
  size: 32,
  trainable: 'head',
  seed: 5,
};
const values = (model: tf.LayersModel) => model.getWeights().map((w) => [...w.dataSync()]);

test('when only the head is trainable then its kernel and bias are the only trainable weights', async () => {
  const { model } = await createModel(options);
  assert.deepEqual(
    model.trainableWeights.map(({ shape }) => shape),
    [[1280, 3], [3]],
  );
  const all = await createModel({ ...options, trainable: 'all' });
  // 49 kernels, scale and offset of 49 normalisations, and the head.
  assert.equal(all.model.trainableWeights.length, 49 * 3 + 2);
  // Published: 4,652,008 with a head of 1,281,000, not counting 42,016 moving averages.
  assert.equal(all.model.countParams(), 4_652_008 - 1_281_000 + 42_016 + 1280 * 3 + 3);
});

test('when the seed is the same then the weights are the same, and the head is within Glorot’s bounds', async () => {
  const [one, two, other] = await Promise.all(
    [5, 5, 6].map((seed) => createModel({ ...options, seed })),
  );
  assert.deepEqual(values(one?.model as never), values(two?.model as never));
  assert.notDeepEqual(values(one?.model as never), values(other?.model as never));
  const kernel = one?.model.getLayer('logits').getWeights()[0] as tf.Tensor;
  const limit = Math.sqrt(6 / (1280 + 3));
  const largest = kernel.abs().max().dataSync()[0] as number;
  assert.ok(largest <= limit && largest > 0.99 * limit, `${largest} against ${limit}`);
});

test('when the seed is 0 then the weights are also the same each time', async () => {
  const [one, two] = await Promise.all([0, 0].map((seed) => createModel({ ...options, seed })));
  assert.deepEqual(values(one?.model as never), values(two?.model as never));
});

test('when a classifier is saved and loaded then its results and its record are the same', async () => {
  const saved = await createModel(options);
  await saveClassifier(saved, folder);
  const loaded = await loadClassifier(folder);
  const { model: _, ...record } = saved;
  const { model, ...loadedRecord } = loaded;
  assert.deepEqual(loadedRecord, record);
  assert.deepEqual(values(model), values(saved.model));
  assert.equal(model.getLayer('stem_bn').trainable, false);
  const image = tf.randomUniform([2, 32, 32, 3], -1, 1, 'float32', 1);
  assert.deepEqual(
    (model.predict(image) as tf.Tensor).arraySync(),
    (saved.model.predict(image) as tf.Tensor).arraySync(),
  );
});

test('when a classifier replaces another then its folder holds one model and its weights', async () => {
  await saveClassifier(await createModel({ ...options, seed: 1 }), folder);
  const other = await createModel({ ...options, seed: 2 });
  await saveClassifier(other, folder);
  const names = await readdir(folder);
  assert.equal(names.length, 2);
  assert.deepEqual(values((await loadClassifier(folder)).model), values(other.model));
});

test('when a model was not saved by Bobbin or names other files then it is refused', async () => {
  const file = path.join(folder, 'model.json');
  // An earlier version sealed nothing.
  const { sha256: _, ...json } = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...json, userDefinedMetadata: undefined }));
  await assert.rejects(loadClassifier(folder), /Only models that Bobbin saved carry them/);
  json.weightsManifest[0].paths = ['../weights.bin'];
  await writeFile(file, JSON.stringify(json));
  await assert.rejects(loadClassifier(folder), /a plain file name/);
});

test('when an option is out of range then it is named', async () => {
  await assert.rejects(createModel({ ...options, size: 102 }), /a multiple of 4 for size/);
  await assert.rejects(createModel({ ...options, classes: ['one'] }), /two names for classes/);
  await assert.rejects(createModel({ ...options, network: 'vgg' as never }), /for network/);
});

test('when a weight is not finite then saving is refused and the saved classifier stays', async (t) => {
  const kept = temporaryFolder(t);
  const classifier = await createModel(options);
  await saveClassifier(classifier, kept);
  const before = await readdir(kept);
  spoil(classifier.model, 'logits/bias');
  await assert.rejects(
    saveClassifier(classifier, kept),
    /Expected finite numbers for the weight logits\/bias of a classifier but received NaN/,
  );
  assert.deepEqual(await readdir(kept), before);
  const { model } = await loadClassifier(kept);
  assert.ok(values(model).flat().every(Number.isFinite));
});
