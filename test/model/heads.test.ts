/** Classifiers of several heads: their layers, saving, the part of one task, and weights to start with. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import {
  type BuiltClassifier,
  type Classifier,
  createModel,
  headsOf,
  loadClassifier,
  type ModelOptions,
  partOf,
  saveClassifier,
} from '../../src/model/index.js';
import { tf } from '../../src/tensorflow/index.js';
import { temporaryFolder } from '../support/folders.js';

const folder = temporaryFolder();
const collar = { task: 'collar', classes: ['round', 'sharp', 'none'] };
const extras = { task: 'extras (ä)', classes: ['belt', 'bag'], labels: 'any' } as const;
const options: ModelOptions = {
  network: 'efficientnet-lite0',
  heads: [collar, extras],
  pretrained: false,
  size: 32,
  trainable: 'head',
  seed: 5,
};
const image = tf.tidy(() => tf.randomUniform([2, 32, 32, 3], -1, 1, 'float32', 1));

const answers = ({ model }: Classifier): number[][] =>
  tf.tidy(() => (model.predict(image) as tf.Tensor2D).arraySync());
const headWeights = ({ model }: Classifier) =>
  model.trainableWeights.map((weight) => [...weight.read().dataSync()]);

/** Sets the biases of the heads, which begin as zeros, and saves: the answers then tell the heads apart. */
async function saved(classifier: BuiltClassifier, place: string): Promise<BuiltClassifier> {
  for (const [index, weight] of classifier.model.trainableWeights.entries()) {
    tf.tidy(() => {
      weight.write(weight.read().add(index / 10));
    });
  }
  await saveClassifier(classifier, place);
  return classifier;
}

test('when a model has several heads then each answers in its own columns, by layers that tfjs has', async () => {
  using classifier = await saved(await createModel(options), path.join(folder, 'two', 'model'));
  assert.deepEqual(
    headsOf(classifier).map(({ task, from, to, labels }) => [task, from, to, labels]),
    [
      ['collar', 0, 3, 'one'],
      ['extras (ä)', 3, 5, 'any'],
    ],
  );
  assert.deepEqual(classifier.classes, ['round', 'sharp', 'none', 'belt', 'bag']);
  // Only the heads learn: a kernel and a bias each.
  assert.equal(classifier.model.trainableWeights.length, 4);
  const rows = answers(classifier);
  for (const row of rows) {
    const [one, any] = [row.slice(0, 3), row.slice(3)];
    assert.ok(Math.abs(one.reduce((sum, value) => sum + value, 0) - 1) < 1e-6);
    assert.ok(any.every((value) => value > 0.5 && value < 1));
  }
  const json = JSON.parse(await readFile(path.join(folder, 'two', 'model', 'model.json'), 'utf8'));
  const { modelTopology, userDefinedMetadata } = json;
  assert.deepEqual(userDefinedMetadata.heads, headsOf(classifier));
  const layers: { class_name: string; config: { name: string } }[] = modelTopology.config.layers;
  assert.deepEqual(
    layers.slice(-5).map((layer) => [layer.class_name, layer.config.name]),
    [
      ['Dense', 'logits/collar'],
      ['Dense', 'logits/extras.20..28..e4..29.'],
      ['Softmax', 'probabilities/collar'],
      ['Activation', 'probabilities/extras.20..28..e4..29.'],
      ['Concatenate', 'probabilities'],
    ],
  );
});

test('when a task of a saved classifier is asked for then the rest of its heads is freed', async () => {
  const run = path.join(folder, 'two');
  const before = tf.memory().numTensors;
  using whole = await loadClassifier(run);
  const rows = answers(whole);
  using one = await loadClassifier(run, { task: 'collar' });
  using any = await loadClassifier(run, { task: extras.task });
  assert.deepEqual(
    answers(one),
    rows.map((row) => row.slice(0, 3)),
  );
  assert.deepEqual(
    answers(any),
    rows.map((row) => row.slice(3)),
  );
  assert.deepEqual([one.task, one.heads, any.classes], ['collar', undefined, extras.classes]);
  assert.equal(any.heads?.[0]?.labels, 'any');
  assert.equal(partOf(whole, 'collar'), partOf(whole, 'collar'));
  assert.throws(() => partOf(whole, undefined), /Missing one of collar, extras \(ä\) for task/);
  await assert.rejects(
    loadClassifier(run, { task: 'hat' }),
    /Expected one of collar, extras \(ä\) for task but received "hat"/,
  );
  for (const classifier of [whole, one, any]) {
    classifier.model.dispose();
  }
  assert.equal(tf.memory().numTensors, before);
});

test('when a network starts with a run then it takes each head of the same task and classes', async () => {
  const pretrained = path.join(folder, 'two');
  using trained = await loadClassifier(pretrained);
  const [kernel, bias, ...others] = headWeights(trained);
  const heads = [{ ...extras, labels: 'one' as const }, collar];
  using turned = await createModel({ ...options, heads, pretrained });
  assert.deepEqual(headWeights(turned).slice(2), [kernel, bias]);
  assert.notDeepEqual(headWeights(turned).slice(0, 2), others);
  using alone = await createModel({ ...options, heads: [collar], pretrained });
  assert.deepEqual(headWeights(alone), [kernel, bias]);
  assert.equal(alone.heads, undefined);
  await saveClassifier(alone, path.join(folder, 'one', 'model'));
  using both = await createModel({ ...options, pretrained: path.join(folder, 'one') });
  assert.deepEqual(headWeights(both).slice(0, 2), [kernel, bias]);
  assert.notDeepEqual(headWeights(both).slice(2), others);
});

test('when heads do not fit together or their file was changed then that is refused', async () => {
  const refused: [Partial<ModelOptions>, RegExp][] = [
    [{ classes: ['a', 'b'] }, /classes cannot be combined with heads/],
    [{ heads: [collar, collar] }, /The head of task collar was given twice/],
    [{ heads: [{ task: 'a', classes: ['one'] }] }, /at least two names for classes of task a/],
  ];
  for (const [change, message] of refused) {
    await assert.rejects(createModel({ ...options, ...change }), message);
  }
  const file = path.join(folder, 'two', 'model', 'model.json');
  const { sha256: _, ...json } = JSON.parse(await readFile(file, 'utf8'));
  const swapped = [
    { ...extras, from: 0, to: 2 },
    { ...collar, labels: 'one', from: 2, to: 5 },
  ];
  for (const heads of [swapped, [{ ...collar, labels: 'one', from: 0, to: 5 }], 'two']) {
    json.userDefinedMetadata.heads = heads;
    await writeFile(file, JSON.stringify(json));
    await assert.rejects(loadClassifier(path.dirname(file)), /Expected (heads of 2, 3|network, )/);
  }
});
