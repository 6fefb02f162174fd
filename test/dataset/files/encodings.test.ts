/** Names and texts of other encodings than UTF-8: refused with the command that converts them, never read with losses. */
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { prepare } from '../../../src/dataset/index.js';
import { labelFrom } from '../../../src/dataset/layouts/label.js';
import { temporaryFolder, writeFiles } from '../../support/folders.js';
import { classFolder, prepared } from '../../support/prepared.js';
import { seal, tarOf } from '../../support/shard-files.js';

/** 红 and 白 in GBK; read as UTF-8 with losses both would be the same. */
const red = Buffer.from([0xba, 0xec]);
const white = Buffer.from([0xb0, 0xd7]);

const inBytes = (folder: string, name: Buffer, end = '') =>
  Buffer.concat([Buffer.from(`${folder}/`), name, Buffer.from(end)]);

for (const [what, old, name, shown, encoding] of [
  ['a class folder', 'cat', red, '\\xba\\xec', 'gbk'],
  ['an image', 'cat/0.jpg', Buffer.concat([red, Buffer.from('.jpg')]), 'cat/\\xba\\xec.jpg', 'gbk'],
  ['a nested folder', 'dog/new', white, 'dog/\\xb0\\xd7', 'gbk'],
  ['a German folder', 'dog/new', Buffer.from('für', 'latin1'), 'dog/f\\xfcr', 'iso-8859-1'],
] as const) {
  test(`when the name of ${what} is not UTF-8 then the error shows its bytes and the way out`, async (t) => {
    const folder = temporaryFolder(t);
    const source = path.join(folder, 'in');
    await writeFiles(source, { ...classFolder('cat', 2), ...classFolder('dog/new', 2) });
    renameSync(path.join(source, old), inBytes(path.dirname(path.join(source, old)), name));
    await assert.rejects(prepare(source, { out: path.join(folder, 'out') }), {
      name: 'InvalidInputError',
      message: `Expected a name in UTF-8 for ${source}/${shown} but received "bytes of another encoding". Rename all such files, with their own encoding in place of ${encoding}: \`convmv -f ${encoding} -t utf8 -r ${source}\` shows the new names, and renames if you add --notest`,
    });
  });
}

test('when rows name images whose names are not UTF-8 then the error shows them', async (t) => {
  const folder = temporaryFolder(t);
  await writeFiles(folder, { 'in/labels.csv': 'path,label\nimages/红.jpg,hat\n' });
  mkdirSync(path.join(folder, 'in/images'));
  writeFileSync(inBytes(path.join(folder, 'in/images'), red, '.jpg'), 'x');
  await assert.rejects(
    prepare(path.join(folder, 'in'), { out: path.join(folder, 'out') }),
    /a name in UTF-8 for .*images\/\\xba\\xec\.jpg .*convmv/,
  );
});

test('when a hidden name is not UTF-8, or a name has the sign for unreadable bytes, then the rest is read', async (t) => {
  const folder = temporaryFolder(t);
  const source = path.join(folder, 'in');
  await writeFiles(source, { ...classFolder('cat', 2), ...classFolder('dog', 2) });
  await writeFiles(source, { 'dog/\uFFFD.jpg': 'x' });
  writeFileSync(inBytes(source, Buffer.concat([Buffer.from('.'), red])), 'x');
  const { manifest } = await prepare(source, { out: path.join(folder, 'out') });
  assert.equal(manifest.samples.length, 5);
});

test('when a CSV file is UTF-16 with its mark then it is read, and otherwise refused by its place', async (t) => {
  const table = 'path,label\na.jpg,hat\nb.jpg,shoe\n';
  const images = { 'a.jpg': 'a', 'b.jpg': 'b' };
  const marked = Buffer.from(`\uFEFF${table}`, 'utf16le');
  const { manifest } = await prepared(t, { ...images, 'labels.csv': marked });
  assert.deepEqual(manifest.tasks[0]?.classes, ['hat', 'shoe']);
  const folder = temporaryFolder(t);
  const source = path.join(folder, 'labels.csv');
  for (const [content, message] of [
    [
      Buffer.concat([Buffer.from(table), Buffer.from('c.jpg,'), red, Buffer.from('\n')]),
      /UTF-8 text for .*labels\.csv:4:7 .*own encoding in place of gbk: `iconv -f gbk -t utf-8 .*labels\.csv > NEW`/,
    ],
    [marked.swap16(), /UTF-8 text for .*labels\.csv:1:1 .*iconv -f utf-16 -t utf-8/],
  ] as const) {
    await writeFiles(folder, { ...images, 'labels.csv': content });
    await assert.rejects(prepare(source, { out: path.join(folder, 'out') }), message);
  }
});

test('when classnames.txt is not UTF-8 then it is refused', async (t) => {
  await assert.rejects(
    prepared(t, { 'a.jpg': 'a', 'labels.csv': 'path,label\na.jpg,0\n', 'classnames.txt': red }),
    /UTF-8 text for .*classnames\.txt but received "another encoding"\. Save the file as UTF-8/,
  );
});

test('when names in a shard are not UTF-8 then its samples stay apart, and a class so is refused', async (t) => {
  const shard = (label: string) =>
    tarOf({ '1.jpg': 'a', '1.cls': label, '2.jpg': 'b', '2.cls': label });
  const renamed = shard('0');
  for (const [index, name] of [red, red, white, white].entries()) {
    // A header and a block of content for each member: 红.jpg, 红.cls, 白.jpg, 白.cls.
    const header = renamed.subarray(1024 * index, 1024 * index + 512);
    header.copy(header, 2, 1, 98);
    header.set(name);
    seal(header);
  }
  assert.equal((await prepared(t, { '0.tar': renamed })).manifest.samples.length, 2);
  await assert.rejects(
    prepared(t, { '0.tar': shard(red.toString('latin1')) }),
    /0\.tar at byte 1536: "1\.cls" has the class .*, which is not UTF-8: write its labels in UTF-8/,
  );
  assert.throws(() => labelFrom(red), /has the class .*, which is not UTF-8/);
});
