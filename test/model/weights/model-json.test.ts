/** The reader of tfjs's model.json: the tensors of a small one, and what it refuses. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { readTensors } from '../../../src/model/weights/index.js';
import { temporaryFolder } from '../../support/folders.js';

const folder = temporaryFolder();
const file = path.join(folder, 'model.json');
await writeFile(path.join(folder, 'a.bin'), new Uint8Array(new Float32Array([1, -2]).buffer));
await writeFile(path.join(folder, 'b.bin'), new Uint8Array([0, 2, 4, 7, 0, 0, 0]));

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
];
const read = (manifest: unknown) => readTensors(Buffer.from(JSON.stringify(manifest)), file);

test('when a model.json names several files then its floats are read across them, integers not', async () => {
  const tensors = await read({ weightsManifest: [{ paths: ['a.bin', 'b.bin'], weights }] });
  assert.deepEqual(
    tensors,
    new Map([
      ['one', { shape: [2, 1], values: new Float32Array([1, -2]) }],
      ['coarse', { shape: [3], values: new Float32Array([-1, 0, 1]) }],
    ]),
  );
});

test('when the files are shorter than the manifest, elsewhere, or no JSON, then that is said', async () => {
  await assert.rejects(
    read({ weightsManifest: [{ paths: ['a.bin'], weights }] }),
    /Expected 15 bytes of weights for .*model\.json but received 8/,
  );
  await assert.rejects(
    read({ weightsManifest: [{ paths: ['../a.bin'], weights }] }),
    /a plain file name/,
  );
  await assert.rejects(read({ format: 'layers-model' }), /Missing a weightsManifest/);
  await assert.rejects(readTensors(Buffer.from('{"weights'), file), {
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
