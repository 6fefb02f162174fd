/** Files are written completely or not at all. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { replaceFile, writeWhole } from '../src/atomic-file.js';

test('when writing fails half way, then the earlier file stays and nothing else', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bobbin-atomic-'));
  try {
    const file = path.join(folder, 'deep', 'a.txt');
    await writeWhole(file, 'earlier');
    const failing = replaceFile(file, async (unfinished) => {
      await writeFile(unfinished, 'hal');
      throw new Error('disk full');
    });
    await assert.rejects(failing, { message: 'disk full' });
    assert.equal(await readFile(file, 'utf8'), 'earlier');
    assert.deepEqual(await readdir(path.dirname(file)), ['a.txt']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
