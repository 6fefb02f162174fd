/** tfjs's layers models against tfjs's own loader. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { tfjsModel } from '../../../src/import/tfjs/tfjs.js';
import { tf } from '../../../src/tensorflow/index.js';
import { temporaryFolder } from '../../support/folders.js';
import { modelOf } from '../keras/imported.js';
import { nested } from './models.js';

const root = temporaryFolder();
const images = tf.randomUniform([2, 8, 8, 3], 0, 1, 'float32', 1);

async function saved(model: tf.LayersModel): Promise<string> {
  const folder = await mkdtemp(path.join(root, 'model-'));
  await model.save(`file://${folder}`);
  return path.join(folder, 'model.json');
}

const read = async (file: string) => tfjsModel.read(await readFile(file), file);

async function difference(file: string, wanted: tf.Tensor): Promise<number> {
  const outputs = (await modelOf(await read(file))).predict(images) as tf.Tensor;
  return outputs.sub(wanted).abs().max().dataSync()[0] as number;
}

test('when a layers model is imported, then it computes what tfjs does', async () => {
  const model = nested();
  const file = await saved(model);
  assert.ok((await difference(file, model.predict(images) as tf.Tensor)) < 1e-6);
  const { features, sides, layers } = await read(file);
  assert.equal(features, 'pool');
  assert.deepEqual(sides, { multipleOf: 1 });
  assert.match(JSON.stringify(layers), /^{"class_name":"Model"/);
});

test('when its weights are quantised, then they are widened as tfjs does', async () => {
  const file = await saved(nested());
  const json = JSON.parse(await readFile(file, 'utf8'));
  const { weights } = json.weightsManifest[0];
  let length = 0;
  for (const spec of weights) {
    spec.quantization = { dtype: 'uint8', scale: 0.01, min: -1 };
    length += tf.util.sizeFromShape(spec.shape);
  }
  await writeFile(file, JSON.stringify(json));
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 37) % 256);
  await writeFile(path.join(path.dirname(file), 'weights.bin'), bytes);
  const model = await tf.loadLayersModel(`file://${file}`);
  assert.ok((await difference(file, model.predict(images) as tf.Tensor)) < 1e-6);
});

test('when weights lie in another folder, or are fewer than the file says, then one error says so', async () => {
  const file = await saved(nested());
  const text = await readFile(file, 'utf8');
  const elsewhere = text
    .replace('"weights.bin"', '"../weights.bin"')
    .replace('./weights.bin', '../weights.bin');
  await assert.rejects(
    tfjsModel.read(Buffer.from(elsewhere), file),
    /Expected a plain file name for paths in/,
  );
  await writeFile(path.join(path.dirname(file), 'weights.bin'), Buffer.alloc(8));
  await assert.rejects(read(file), /Expected \d+ bytes of weights for .* but received 8/);
});

test('when the JSON has very many values, then it is refused before they fill the memory', async () => {
  const file = path.join(root, 'many.json');
  const content = Buffer.from(`{"modelTopology":{"node":[${'{},'.repeat(300_000)}{}]}}`);
  await assert.rejects(tfjsModel.read(content, file), /at most 200000 values in the JSON for/);
});
