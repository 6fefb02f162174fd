/** Files are written completely or not at all. */
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { replaceFile, writeWhole } from '../src/atomic-file.js';
import { temporaryFolder } from './support/folders.js';

test('when writing fails half-way, then only the earlier file remains', async (t) => {
  const file = path.join(temporaryFolder(t), 'deep', 'a.txt');
  await writeWhole(file, 'earlier');
  const failing = replaceFile(file, async (unfinished) => {
    await writeFile(unfinished, 'hal');
    throw new Error('disk full');
  });
  await assert.rejects(failing, { message: 'disk full' });
  assert.equal(await readFile(file, 'utf8'), 'earlier');
  assert.deepEqual(await readdir(path.dirname(file)), ['a.txt']);
});
