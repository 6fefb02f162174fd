/** The list of layouts: what names them all, and which one a source has that several could fit. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { layoutForms, layoutOf, layouts } from '../../../src/dataset/index.js';
import { temporaryFolder, writeFiles } from '../../support/folders.js';
import { prepared } from '../../support/prepared.js';
import { runBobbin } from '../../support/run-bobbin.js';
import { tarOf } from '../../support/shard-files.js';

const names = layouts.map(({ name }) => name);

test('when docs/layouts.md lists the layouts then it lists each one', () => {
  const page = readFileSync(new URL('../../../docs/layouts.md', import.meta.url), 'utf8');
  const [, list = ''] = /^`photos` has one of these layouts:\n\n(.*?)\n\n/ms.exec(page) ?? [];
  const listed = [...list.matchAll(/^- \*\*(.+?)\*\*/gm)].map(([, name]) => name);
  assert.deepEqual(listed.sort(), [...names].sort());
});

test('when help or an error lists the layouts then each one is there', async (t) => {
  const { stdout } = await runBobbin(['prepare', '--help']);
  const help = stdout.replace(/\s+/g, ' ');
  for (const { form } of layouts) {
    assert.ok(help.includes(form), form);
    assert.ok(layoutForms.includes(form), form);
  }
  await assert.rejects(prepared(t, { 'one/a.jpg': 'a', 'b.tar.gz': '' }), (error: Error) => {
    assert.ok(error.message.startsWith(`Expected ${layoutForms} for source`), error.message);
    assert.match(
      error.message,
      /b\.tar\.gz is compressed: .*\. At least two classes are needed, a folder of images for each: only one has images \(1\)/,
    );
    return true;
  });
});

/** Files of each layout. */
const fashion = { 'Annotations/label.csv': 'a.jpg,colour,yn\n', 'a.jpg': 'a' };
const shards = { '0.tar': tarOf({ '1.jpg': 'x', '1.cls': '0' }) };
const parquet = { '0.parquet': 'PAR1' };
const split = { 'train/a/1.jpg': '1', 'train/b/2.jpg': '2', 'val/b/3.jpg': '3' };
const folders = { 'a/1.jpg': '1', 'b/2.jpg': '2' };

for (const [name, files] of [
  ['FashionAI', { ...fashion, ...shards, ...parquet, ...split }],
  ['FashionAI', { 'label.csv': 'a.jpg,colour,yn\n', 'a.jpg': 'a', ...folders }],
  ['tar shards', { ...shards, ...parquet, 'train/1.jpg': '1' }],
  ['Parquet', { ...parquet, 'data/0.tar.gz': '' }],
  ['split class folders', { ...split, ...shards, ...parquet }],
  ['class folders', { ...folders, ...shards, ...parquet, 'train/1.jpg': '1' }],
  ['FashionAI', { ...fashion, 'labels.csv': 'path,label\n' }],
  ['split class folders', { ...split, 'labels.csv': 'path,label\n' }],
  ['table', { ...folders, 'label.csv': 'Label, id ,PATH\n' }],
  ['class folders', { ...folders, 'label.csv': 'path,id\na/1.jpg,7\n' }],
  ['class folders', { 'train/a/1.jpg': '1', 'train/b/2.jpg': '2', 'val/b/notes.txt': '' }],
] as const) {
  const list = Object.keys(files).join(', ');
  test(`when a folder has ${list} then its layout is ${name}`, async (t) => {
    const folder = temporaryFolder(t);
    await writeFiles(folder, files);
    assert.equal((await layoutOf(folder))?.name, name);
  });
}

test('when a source is a file then its name decides, and nothing has the layout of an absent folder', async (t) => {
  const folder = temporaryFolder(t);
  await writeFiles(folder, { ...shards, 'any.CSV': '' });
  assert.equal((await layoutOf(`${folder}/any.CSV`))?.name, 'table');
  assert.equal(await layoutOf(`${folder}/0.tar`), undefined);
  assert.equal(await layoutOf(`${folder}/absent`), undefined);
});
