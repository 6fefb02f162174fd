/** Networks of a hub: the file, what is beside it, and the commit in the record. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/folders.js';
import { serveHub } from '../support/servers/hub-server.js';

process.env.BOBBIN_CACHE = temporaryFolder();
const { importNetwork } = await import('../../src/import/index.js');

const fixture = (name: string) =>
  readFileSync(fileURLToPath(new URL(`onnx/fixtures/${name}`, import.meta.url)));

test('when a network of a hub is imported, then its record has the commit, and what lies beside it is read', async (t) => {
  const content = fixture('dynamo.onnx');
  const size = { height: 64, width: 64 };
  const processor = { size, image_mean: [0.5, 0.5, 0.5], image_std: [0.25, 0.25, 0.25] };
  const server = await serveHub(t, {
    'onnx/dynamo.onnx': content,
    'onnx/dynamo.onnx.data': fixture('dynamo.onnx.data'),
    'preprocessor_config.json': JSON.stringify(processor),
  });
  process.env.HF_ENDPOINT = server.url;
  const out = path.join(temporaryFolder(), 'net');
  const { record } = await importNetwork('hf:owner/name/onnx/dynamo.onnx@main', { out });
  assert.equal(record.name, 'name');
  assert.deepEqual(
    [record.source.file, record.source.revision, record.source.sha256],
    [
      'hf:owner/name/onnx/dynamo.onnx',
      server.commit,
      createHash('sha256').update(content).digest('hex'),
    ],
  );
  assert.deepEqual(record.preprocessing.std, [63.75, 63.75, 63.75]);
});
