/** The reader of tfjs's model.json: the tensors of a small one, and what it refuses. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { readTensors } from '../../../src/model/weights/index.js';
import { bytesSource } from '../../support/bytes-source.js';
import { temporaryFolder } from '../../support/folders.js';

const folder = temporaryFolder();
const file = path.join(folder, 'model.json');
await writeFile(path.join(folder, 'a.bin'), new Uint8Array(new Float32Array([1, -2]).buffer));
await writeFile(
  path.join(folder, 'b.bin'),
  new Uint8Array([0, 2, 4, 7, 0, 0, 0, 1, 2, 0x00, 0x3c, 0x01, 0x80, 1]),
);

const weights = [
  { name: 'one', shape: [2, 1], dtype: 'float32' },
  // Keras's converter stores 8 bits as (value − min) / scale.
  {
    name: 'coarse',
    shape: [3],
    dtype: 'float32',
    quantization: { dtype: 'uint8', scale: 0.5, min: -1 },
  },
  { name: 'count', shape: [], dtype: 'int32' },
  {
    name: 'fine',
    shape: [1],
    dtype: 'float32',
    quantization: { dtype: 'uint16', scale: 0.25, min: 1 },
  },
  { name: 'half', shape: [2], dtype: 'float32', quantization: { dtype: 'float16' } },
  { name: 'flag', shape: [], dtype: 'bool' },
];
const readText = (text: string) => readTensors(bytesSource(Buffer.from(text), file));
const read = (manifest: unknown) => readText(JSON.stringify(manifest));

test('when a model.json names several files then its floats are read across them, integers not', async () => {
  const tensors = await read({ weightsManifest: [{ paths: ['a.bin', 'b.bin'], weights }] });
  assert.deepEqual(
    tensors,
    new Map([
      ['one', { shape: [2, 1], values: new Float32Array([1, -2]) }],
      ['coarse', { shape: [3], values: new Float32Array([-1, 0, 1]) }],
      ['fine', { shape: [1], values: new Float32Array([0.25 * 513 + 1]) }],
      ['half', { shape: [2], values: new Float32Array([1, -(2 ** -24)]) }],
    ]),
  );
});

test('when the files are shorter than the manifest, elsewhere, or no JSON, then that is said', async () => {
  await assert.rejects(
    read({ weightsManifest: [{ paths: ['a.bin'], weights }] }),
    /Expected 22 bytes of weights for .*model\.json but received 8/,
  );
  await assert.rejects(
    read({ weightsManifest: [{ paths: ['../a.bin'], weights }] }),
    /a plain file name/,
  );
  await assert.rejects(read({ format: 'layers-model' }), /Missing a weightsManifest/);
  await assert.rejects(readText('{"weights'), {
    name: 'InvalidInputError',
    message: /Expected JSON for .*model\.json/,
  });
});

test('when a weights file is named again and again, then it is refused before it is read', async () => {
  await assert.rejects(
    read({ weightsManifest: [{ paths: Array(1000).fill('a.bin'), weights }] }),
    /each weights file once for paths in .*model\.json but received \["a\.bin",/,
  );
});

test('when a dtype or a quantization is not known, then the weight is shown', async () => {
  const quantization = { dtype: 'uint8', scale: 1 };
  for (const wrong of [{ dtype: 'string' }, { dtype: 'float32', quantization }]) {
    const weights = [{ name: 'w', shape: [1], ...wrong }];
    await assert.rejects(
      read({ weightsManifest: [{ paths: ['a.bin'], weights }] }),
      /a known dtype and quantization for each weight in .*model\.json but received \{"name":"w"/,
    );
  }
});
