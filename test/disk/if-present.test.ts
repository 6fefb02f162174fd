/** Files that may be absent: only their absence is taken for undefined. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { ifPresent } from '../../src/disk/if-present.js';

test('when a file is absent, or lies below a file, then there is no result', async () => {
  const [filename, dirname] = [import.meta.filename, import.meta.dirname];
  assert.equal(await ifPresent(readFile(path.join(dirname, 'absent'))), undefined);
  assert.equal(await ifPresent(readFile(path.join(filename, 'absent'))), undefined);
  assert.match((await ifPresent(readFile(filename, 'utf8'))) ?? '', /^\/\*\* Files that may/);
  assert.ok((await ifPresent(readdir(dirname)))?.includes('if-present.test.ts'));
});

test('when reading fails for another reason then its error comes through', async () => {
  await assert.rejects(ifPresent(readFile(import.meta.dirname)), { code: 'EISDIR' });
});
