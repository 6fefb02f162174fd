/** Weights of a tfjs model.json for a network whose weights nobody publishes as a package. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { createModel, type ModelOptions, saveClassifier } from '../../../src/model/index.js';
import type { tf } from '../../../src/tensorflow/index.js';

const folder = await mkdtemp(path.join(os.tmpdir(), 'bobbin-'));
after(() => rm(folder, { recursive: true }));
const file = path.join(folder, 'model.json');

const options: ModelOptions = {
  architecture: 'mobilenet-v2',
  classes: ['shirt', 'skirt', 'shoe'],
  pretrained: false,
  size: 32,
  trainable: 'all',
  seed: 1,
};
const valuesOf = (model: tf.LayersModel) =>
  model.layers.map((layer) => layer.getWeights().map((weight) => [...weight.dataSync()]));

test('when a model.json is named then all but the head has its weights', async () => {
  const saved = await createModel(options);
  await saveClassifier(saved, folder);
  const others = { ...options, classes: ['yes', 'no'], seed: 2 };
  const { model } = await createModel({ ...others, pretrained: file });
  const fresh = await createModel(others);
  const head = model.layers.length - 2;
  const values = valuesOf(model);
  assert.deepEqual(values.slice(0, head), valuesOf(saved.model).slice(0, head));
  assert.deepEqual(values.slice(head), valuesOf(fresh.model).slice(head));
});

test('when the file lacks a weight or has another shape of it then the weight is named', async () => {
  const json = JSON.parse(await readFile(file, 'utf8'));
  const stem = json.weightsManifest[0].weights[0];
  assert.equal(stem.name, 'Conv1/kernel');
  stem.shape = [32, 3, 3, 3];
  await writeFile(file, JSON.stringify(json));
  const pretrained = { ...options, pretrained: file };
  await assert.rejects(
    createModel(pretrained),
    /Expected shape \[3,3,3,32\] for Conv1\/kernel in .*model\.json but received "\[32,3,3,3\]"/,
  );
  stem.name = 'other/kernel';
  await writeFile(file, JSON.stringify(json));
  await assert.rejects(createModel(pretrained), /for Conv1\/kernel in .* but received "none"/);
  json.weightsManifest[0].weights.pop();
  await writeFile(file, JSON.stringify(json));
  await assert.rejects(createModel(pretrained), /Expected \d+ bytes of weights for .*model\.json/);
});

test('when published weights are asked for then the error says that there are none and what to do', async () => {
  await assert.rejects(
    createModel({ ...options, architecture: 'resnet50-v2', pretrained: true }),
    /path of a tfjs model\.json or false for pretrained but received true\. No package .* resnet50-v2: .*--no-pretrained/,
  );
});
