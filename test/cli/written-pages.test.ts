/** Compares the pages that `npm run docs` writes with the commands and tables that they are made from. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { commandPages } from '../../scripts/develop/pages/commands.js';
import { optionsPage } from '../../scripts/develop/pages/options.js';
import { scalingPage } from '../../scripts/develop/pages/scaling.js';
import { optionsByName } from '../../src/options.js';
import { augmentationOptions } from '../../src/pipeline/index.js';
import { trainOptions } from '../../src/training/index.js';

const docs = new URL('../../docs/', import.meta.url);
const read = (name: string) => readFile(new URL(name, docs), 'utf8');
const remedy = 'write it again: npm run docs';

test('when options change, then docs/options.md changes with them', async () => {
  assert.equal(await read('options.md'), optionsPage(), remedy);
});

test('when scaling is measured again, or its model changes, then the tables of docs/scaling.md change', async () => {
  assert.equal(await read('scaling.md'), scalingPage(), remedy);
});

test('when a command, its options or its examples change, then its page changes with them', async () => {
  const pages = await commandPages();
  const names = await readdir(new URL('commands/', docs));
  assert.deepEqual(names.map((name) => `commands/${name}`).sort(), [...pages.keys()].sort());
  for (const [name, text] of pages) {
    assert.equal(await read(name), text, `${name}: ${remedy}`);
  }
});

test('when the page of a command is read, then it has each flag, range, default and example', async () => {
  const page = await read('commands/train.md');
  for (const line of [
    'npx bobbin train --data <folder> --run <folder> [options]',
    'npx bobbin train --data data --run good --recipe strong',
    '| `--data <folder>` ',
    '| `--epochs <n>` ',
    'an integer from 1 to 10000',
    '## Options of augmentation',
  ]) {
    assert.ok(page.includes(line), line);
  }
  for (const [name, { help }] of optionsByName({ ...trainOptions, ...augmentationOptions })) {
    assert.ok(page.includes(help.replaceAll('|', '\\|').replaceAll('<', '&lt;')), name);
  }
});
