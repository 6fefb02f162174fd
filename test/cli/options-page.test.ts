/** Compares docs/options.md with the tables, and its example with the commands. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { optionsPage } from '../../scripts/develop/options-page.js';
import { augmentationOptions } from '../../src/pipeline/index.js';

const page = await readFile(new URL('../../docs/options.md', import.meta.url), 'utf8');

test('when options change, then docs/options.md changes with them', async () => {
  assert.equal(page, await optionsPage(), 'write it again: npm run docs');
});

test('when the page is read, then it has a row for every augmentation', () => {
  for (const [name, { help }] of Object.entries(augmentationOptions)) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`augmentation.${name}\``));
    assert.ok(row?.includes(help), name);
  }
});
