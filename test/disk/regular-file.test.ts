/** Special files are refused at once by every reader: a pipe without a writer would keep it waiting for ever. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { readCsv, readImage } from '../../src/dataset/index.js';
import { openParquet } from '../../src/dataset/layouts/parquet.js';
import { readShard } from '../../src/dataset/layouts/shard.js';
import { hashFiles } from '../../src/dataset/prepare/hash.js';
import { openRegular, readRegular } from '../../src/disk/regular-file.js';
import { readText } from '../../src/disk/text-file.js';
import { loadClassifier } from '../../src/model/index.js';
import { readWeights } from '../../src/model/pretrained.js';
import { loadPrediction } from '../../src/prediction/index.js';
import { verifySubmission } from '../../src/submission/index.js';
import { keepSettings } from '../../src/submission/settings.js';
import { loadCheckpoint } from '../../src/training/checkpoint/checkpoint.js';
import { temporaryFolder } from '../support/folders.js';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const checkpoint = at('run/checkpoint/epoch-000001-batch-00000000');
mkdirSync(checkpoint, { recursive: true });
mkdirSync(at('folder'));
execFileSync('mkfifo', [
  at('pipe'),
  at('model.json'),
  at('settings.json'),
  path.join(checkpoint, 'state.json'),
]);
writeFileSync(at('file'), 'content');
symlinkSync(at('file'), at('link'));

test('when a file is regular, or a link to one, then its content is read', async () => {
  for (const name of ['file', 'link']) {
    assert.equal((await readRegular(at(name))).toString(), 'content');
    const { handle, size } = await openRegular(at(name));
    assert.equal(size, 7);
    await handle.close();
  }
  await assert.rejects(readRegular(at('absent')), { code: 'ENOENT' });
});

test('when a pipe, device, socket or folder stands for a file, then the error says so at once', async (t) => {
  const server = createServer().listen(at('socket'));
  t.after(() => server.close());
  const kinds = { pipe: 'a pipe', folder: 'a folder', socket: 'a socket or a device' };
  for (const [name, kind] of Object.entries(kinds)) {
    await assert.rejects(
      readRegular(at(name)),
      new RegExp(
        `^InvalidInputError: Expected a regular file for ${at(name)} but received "${kind}"`,
      ),
    );
  }
  await assert.rejects(readRegular('/dev/zero'), /received "a device"/);
});

test('when a pipe stands for a file of a data set, run or submission, then each reader refuses it', async () => {
  const pipe = at('pipe');
  const readers: Record<string, () => Promise<unknown>> = {
    csv: () => readCsv(pipe).next(),
    text: () => readText(pipe),
    image: () => readImage({ path: pipe }, 1000),
    part: () => readImage({ path: pipe, range: { offset: 0, length: 1 } }, 1000),
    shard: () => readShard(pipe),
    parquet: () => openParquet(pipe),
    questions: () => verifySubmission(at('file'), [pipe], []),
    classifier: () => loadClassifier(folder),
    weights: () => readWeights(pipe),
    checkpoint: () => loadCheckpoint(at('run')),
    prediction: () => loadPrediction(pipe),
    settings: () => keepSettings(folder, {}, true),
  };
  for (const [name, read] of Object.entries(readers)) {
    await assert.rejects(read, /a regular file .* "a pipe"/, name);
  }
  assert.deepEqual((await hashFiles([pipe])).get(pipe), { code: 'a pipe' });
  const { problems } = await verifySubmission(pipe, [], []);
  assert.match(problems[0]?.message ?? 'passed', /a regular file .* "a pipe"/);
});
