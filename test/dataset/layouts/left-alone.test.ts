/** Files and links that do not belong to class folders: each is told with its name, and the classes are read. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, symlink } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { prepare } from '../../../src/dataset/index.js';
import { temporaryFolder, writeFiles } from '../../support/folders.js';
import { classFolder, prepared } from '../../support/prepared.js';
import { asUser } from '../../support/process/as-user.js';

const photos = { ...classFolder('cat', 5), ...classFolder('dog', 5) };

for (const file of [
  'label.csv',
  'question.csv',
  'cat/label.csv',
  'cat/question.csv',
  'Annotations/boxes.csv',
  'cat/Annotations/label.csv',
  'Tests/question.csv',
  'train.json',
  'classes.txt',
  'more.parquet',
]) {
  test(`when ${file} lies near class folders then these are read and it is named`, async (t) => {
    const { manifest, summary } = await prepared(t, { ...photos, [file]: 'id,label\n1,cat\n' });
    assert.equal(summary.layout, 'class folders');
    assert.deepEqual(manifest.tasks[0]?.classes, ['cat', 'dog']);
    assert.equal(manifest.samples.length, 10);
    const named = summary.warnings.filter((warning) => warning.endsWith(`it is ${file}.`));
    assert.equal(named.length, 1, summary.warnings.join('\n'));
  });
}

test('when a release beside folders of images has faults then it is refused by file and line', async (t) => {
  const release = (table: string) => ({
    ...classFolder('base/Images/coat', 2),
    ...classFolder('rank/Images/coat', 2),
    'base/Annotations/label.csv': table,
  });
  for (const [table, message] of [
    ['Images/coat/0.jpg;coat;yn\nImages/coat/1.jpg;coat;ny\n', /3 fields, .*label\.csv:1:1/],
    ['path,task,label\nImages/coat/0.jpg,coat,yn\n', /y, m or n for each class .*label\.csv:1:11/],
    ['Images/coat/0.jpg,coat,yn\nImages/coat/1.jpg,yn\n', /3 fields, .*label\.csv:2:1/],
  ] as const) {
    await assert.rejects(prepared(t, release(table)), message);
  }
});

test('when files are those that systems and people add then no warning names them', async (t) => {
  const notes = { 'README.md': 'x', LICENSE: 'x', '.DS_Store': 'x', 'cat/Thumbs.db': 'x' };
  assert.deepEqual((await prepared(t, { ...photos, ...notes })).summary.warnings, []);
});

test('when archives lie near class folders, alone or as the source then the command that unpacks them is told', async (t) => {
  const { summary, source } = await prepared(t, { ...photos, 'bird.zip': 'PK', 'cat/x.tgz': '' });
  const unzip = `unzip '${source}/bird.zip' -d '${source}/bird'`;
  assert.deepEqual(summary.warnings, [
    `1 archive in the source folder is left alone; it is bird.zip: \`${unzip}\` unpacks it.`,
    `1 archive in cat is left alone; it is cat/x.tgz: \`mkdir '${source}/cat/x' && tar -xf '${source}/cat/x.tgz' -C '${source}/cat/x'\` unpacks it.`,
  ]);
  const folder = temporaryFolder(t);
  const out = path.join(folder, 'out');
  await writeFiles(folder, { 'in/data.zip': 'PK', 'in/b.tar.gz': '' });
  await assert.rejects(
    prepare(path.join(folder, 'in'), { out }),
    /To read what is in b\.tar\.gz, unpack it: `mkdir .*\/in\/b && tar -xf .*\/in\/b\.tar\.gz -C .*\/in\/b`/,
  );
  await assert.rejects(
    prepare(path.join(folder, 'in/data.zip'), { out }),
    /unpack it: `unzip .*\/in\/data\.zip -d .*\/in\/data`/,
  );
});

test('when links lead to folders then their images count, and links to a folder above are told', async (t) => {
  const folder = temporaryFolder(t);
  const source = path.join(folder, 'source');
  await writeFiles(source, photos);
  await writeFiles(folder, classFolder('elsewhere', 3));
  await symlink('../../elsewhere', path.join(source, 'cat', 'more'));
  await symlink('..', path.join(source, 'dog', 'up'));
  await symlink('/', path.join(source, 'dog', 'all'));
  await symlink('.', path.join(source, 'self'));
  const { manifest, summary } = await prepare(source, { out: path.join(folder, 'out') });
  assert.deepEqual(
    manifest.tasks[0]?.classes.map(
      (_, label) => manifest.samples.filter((sample) => sample.label === label).length,
    ),
    [8, 5],
  );
  assert.deepEqual(summary.warnings, [
    '1 class folder has images in folders below it, which count for the upper one: move such folders up if they are classes; it is cat/more/0.jpg.',
    '2 links in dog are left out: they lead to a folder that they are in; the first is dog/all.',
    '1 link in self is left out: it leads to a folder that it is in; it is self.',
  ]);
});

test('when a pipe has the name of an image then it is told and not opened', async (t) => {
  const folder = temporaryFolder(t);
  const source = path.join(folder, 'source');
  await writeFiles(source, photos);
  assert.equal(spawnSync('mkfifo', [path.join(source, 'cat/pipe.jpg')]).status, 0);
  const { manifest, summary } = await prepare(source, { out: path.join(folder, 'out') });
  assert.equal(manifest.samples.length, 10);
  assert.match(summary.warnings.join(), /a pipe, a socket or a device; it is cat\/pipe\.jpg/);
});

test('when a hidden folder has images then a warning says that it is no class', async (t) => {
  const { summary } = await prepared(t, { ...photos, ...classFolder('.net', 2) });
  assert.deepEqual(summary.warnings, [
    '.net is left out, because its name begins with a dot: rename it if it is a class.',
  ]);
});

test('when this user may not enter a hidden folder then the classes are read without it', async (t) => {
  const folder = temporaryFolder(t);
  const source = path.join(folder, 'source');
  const { summary } = await asUser(folder, async () => {
    await writeFiles(source, { ...photos, '.Trashes/1.jpg': 'x' });
    await chmod(path.join(source, '.Trashes'), 0);
    return await prepare(source, { out: path.join(folder, 'out') });
  });
  assert.deepEqual(summary.warnings, []);
});
