/** EfficientNet-Lite0's weights as PyPI's safetensors writes them: the network's logits are the same to the bit. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { withSource } from '../../../src/disk/index.js';
import { createModel } from '../../../src/model/index.js';
import { networkNamed } from '../../../src/model/networks/index.js';
import { type NamedTensor, readTensors } from '../../../src/model/weights/index.js';
import { tf } from '../../../src/tensorflow/index.js';
import { temporaryFolder } from '../../support/folders.js';

const published = networkNamed('efficientnet-lite0').published?.file as string;
const skip = existsSync(published) ? false : 'the ImageNet weights are not in the cache';

const folder = temporaryFolder();

const fixtures = new URL('../../fixtures/lite0-safetensors/', import.meta.url);
const json = (file: string): Record<string, string> =>
  JSON.parse(readFileSync(new URL(file, fixtures), 'utf8'));
const hashes = json('sha256.json');
/** Names in the .pth file by timm's. */
const names = json('names.json');

/** Writes the file that Python wrote: its head is the fixture, its float32 values are those of the .pth file. */
async function wholeFile(name: string): Promise<string> {
  const head = readFileSync(new URL(`${name}.head`, fixtures));
  const header = head.subarray(8, 8 + Number(head.readBigUInt64LE(0))).toString();
  const { __metadata__, ...entries } = JSON.parse(header) as Record<
    string,
    { dtype: string; data_offsets: [number, number] }
  >;
  const tensors = await withSource(published, readTensors);
  const values = Object.entries(entries)
    .filter(([, { dtype }]) => dtype === 'F32')
    .sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0])
    .map(([tensor]) => tensors.get(names[tensor] ?? tensor) as NamedTensor)
    .map(({ values }) => new Uint8Array(values.buffer));
  const whole = Buffer.concat([head, ...values]);
  assert.equal(createHash('sha256').update(whole).digest('hex'), hashes[name]);
  const file = path.join(folder, `${name}.safetensors`);
  await writeFile(file, whole);
  return file;
}

async function logitsOf(pretrained: true | string) {
  const { model } = await createModel({
    classes: Array.from({ length: 50 }, (_, i) => `${i}`),
    pretrained,
    trainable: 'head',
    seed: 3,
  });
  const output = model.getLayer('logits').output as tf.SymbolicTensor;
  const images = tf.randomUniform([2, 224, 224, 3], -1, 1, 'float32', 1);
  return (tf.model({ inputs: model.inputs, outputs: output }).predict(images) as tf.Tensor).data();
}

for (const name of Object.keys(hashes)) {
  test(`when ${name}.safetensors is named as weights then the logits are the published ones to the bit`, {
    skip,
  }, async () => {
    const [logits, wanted] = [await logitsOf(await wholeFile(name)), await logitsOf(true)];
    assert.equal(new Set(logits).size, 100);
    assert.deepEqual(Buffer.from(logits.buffer), Buffer.from(wanted.buffer));
  });
}
