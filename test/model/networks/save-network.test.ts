/** The folder of an imported network. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { openSealed, sha256 } from '../../../src/disk/index.js';
import { type NetworkRecord, saveNetwork } from '../../../src/model/index.js';
import { safetensors } from '../../../src/model/weights/safetensors.js';
import { bytesSource } from '../../support/bytes-source.js';
import { temporaryFolder } from '../../support/folders.js';

const record: NetworkRecord = {
  format: 'bobbin-network',
  name: 'net',
  source: { file: 'net.onnx', sha256: '0'.repeat(64), format: 'onnx' },
  preprocessing: { resize: 8, crop: 8, mean: [0, 0, 0], std: [1, 1, 1], channels: 'rgb' },
  sides: { only: 8 },
  features: 'pooled',
  notes: [],
};

const weights = new Map([
  ['a.weight', { shape: [2, 1], values: Float32Array.of(1, -2) }],
  ['größe', { shape: [], values: new Float32Array([0, 7]).subarray(1) }],
]);

test('when a network is saved, then its folder has the sealed record and the weights, in the place of an earlier one', async (t) => {
  const folder = path.join(temporaryFolder(t), 'net');
  await saveNetwork(folder, record, new Map());
  await saveNetwork(folder, record, weights);
  assert.deepEqual((await readdir(folder)).sort(), ['network.json', 'weights.safetensors']);
  const file = path.join(folder, 'weights.safetensors');
  const bytes = await readFile(file);
  assert.deepEqual(
    [...(await safetensors.read(bytesSource(bytes, file)))],
    [...weights].map(([name, { shape, values }]) => [name, { shape, values: values.slice() }]),
  );
  const json = openSealed(await readFile(path.join(folder, 'network.json')), 'network.json', '');
  assert.deepEqual(json, { ...record, weightsSha256: sha256(bytes) });
});

test('when a folder holds other files, then a network is not saved there, and they stay', async (t) => {
  const folder = path.join(temporaryFolder(t), 'photos');
  await mkdir(folder);
  await writeFile(path.join(folder, 'a.jpg'), '');
  await assert.rejects(
    saveNetwork(folder, record, weights),
    /a new folder, .* It has a\.jpg, which/,
  );
  assert.deepEqual(await readdir(folder), ['a.jpg']);
});
