/** The list of weights formats: each file is claimed by one of them, by its content alone. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createModel, saveClassifier } from '../../../src/model/index.js';
import { beginningBytes } from '../../../src/model/weights/format.js';
import { formats } from '../../../src/model/weights/index.js';
import { temporaryFolder } from '../../support/folders.js';

const folder = temporaryFolder();

const fixture = (name: string) =>
  readFile(fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url)));
const claimants = (bytes: Buffer) =>
  formats
    .filter(({ looksLike }) => looksLike(bytes.subarray(0, beginningBytes)))
    .map(({ name }) => name);

/** The beginning of a safetensors file whose header has this length. */
function safetensorsOf(length: number): Buffer {
  const bytes = Buffer.from(`${'\0'.repeat(8)}{"a":`);
  bytes.writeBigUInt64LE(BigInt(length));
  return bytes;
}

test('when a file is of a format then that one alone claims it', async () => {
  const options = { classes: ['a', 'b'], pretrained: false, trainable: 'head', seed: 1 } as const;
  await saveClassifier(await createModel({ ...options, size: 32 }), folder);
  const [torch, json, safetensors] = new Set(formats.map(({ name }) => name));
  const files: [Buffer, string | undefined][] = [
    [await fixture('torch-state.pth'), torch],
    [Buffer.from('PK\u0003\u0004'), torch],
    [await readFile(path.join(folder, 'model.json')), json],
    // `{` is the ninth byte, as in safetensors.
    [Buffer.from('\n{ "ab":{"weightsManifest":[]}}'), json],
    [await fixture('small.safetensors'), safetensors],
    // The length's bytes are `{"` and zeros, as JSON begins.
    [safetensorsOf(0x227b), safetensors],
    // The length's bytes begin as a pickle does.
    [safetensorsOf(0x280), safetensors],
    [safetensorsOf(0x8a0280), safetensors],
    [Buffer.from('{\n "weight_map": {}}'), safetensors],
  ];
  for (const [bytes, name] of files) {
    assert.deepEqual(claimants(bytes), [name], JSON.stringify(bytes.toString('latin1', 0, 20)));
  }
});

test('when a file is empty, short or something else then no format claims it', async () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('{'), await fixture('pipeline/photo.jpg')]) {
    assert.deepEqual(claimants(bytes), []);
  }
});
