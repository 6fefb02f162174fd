/** Tar shards: members compared with Python’s tarfile, labels in every form, and the prepared samples. */
import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { SequentialFile } from '../../../src/dataset/files/sequential-file.js';
import { readTar, type TarMember } from '../../../src/dataset/files/tar.js';
import { loadManifest, type Prepared, prepare } from '../../../src/dataset/index.js';
import { readShard } from '../../../src/dataset/layouts/shard.js';
import { temporaryFolder, writeFiles } from '../../support/folders.js';
import { fixtures, listing, tarOf, written } from '../../support/shard-files.js';

async function membersOf(file: string): Promise<TarMember[]> {
  const opened = await SequentialFile.open(file);
  const members: TarMember[] = [];
  try {
    for await (const member of readTar(opened)) {
      members.push(member);
    }
  } finally {
    await opened.close();
  }
  return members;
}

for (const [name, wanted] of Object.entries(listing)) {
  test(`when ${name} is read then its members are those that Python's tarfile finds`, async () => {
    const members = await membersOf(path.join(fixtures, name));
    assert.deepEqual(
      members,
      wanted.map(([member, offset, size]) => ({ name: member, offset, size })),
    );
  });
}

/** The three shards under the given names, beside other files. */
async function preparedShards(
  t: TestContext,
  names: Record<string, string>,
  others: Record<string, string> = {},
): Promise<Prepared & { out: string }> {
  const folder = temporaryFolder(t);
  const source = path.join(folder, 'clothes');
  await writeFiles(source, others);
  for (const [name, shard] of Object.entries(names)) {
    await writeFiles(source, { [name]: '' });
    await copyFile(path.join(fixtures, shard), path.join(source, name));
  }
  const out = path.join(folder, 'out');
  return { ...(await prepare(source, { out })), out };
}

test('when a folder of shards is prepared then samples are ranges with labels and hashes', async (t) => {
  const names = { '0.tar': 'ustar.tar', '1.tar': 'gnu.tar', '2.tar': 'pax.tar' };
  const { manifest, summary, out } = await preparedShards(t, names, {
    'classnames.txt': 'hat\nshoe\n',
    'readme.md': 'x',
    'unpacked.tar/readme.md': 'x',
  });
  assert.equal(summary.layout, 'tar shards');
  assert.deepEqual(summary.warnings, []);
  assert.deepEqual(manifest.tasks, [{ name: 'clothes', classes: ['hat', 'shoe'] }]);
  const wanted = Object.entries(names).flatMap(([file, shard]) =>
    (listing[shard] ?? [])
      .filter(([name]) => /(^|\/)\d+\.(jpg|png)$/i.test(name))
      .map(([name, offset, length, hash]) => {
        const label = Number(/(\d+)\.\w+$/.exec(name)?.[1]) % 2;
        return { path: file, range: { offset, length }, label, hash };
      }),
  );
  assert.equal(wanted.length, 9);
  assert.deepEqual(
    manifest.samples.map(({ path: file, range, label, hash }) => ({
      path: file,
      range,
      label,
      hash,
    })),
    wanted,
  );
  assert.deepEqual(await loadManifest(out), manifest);
});

test('when images have no label or no bytes then they are left out and counted', async (t) => {
  const some = {
    '1.jpg': 'one',
    '1.cls': '0',
    '2.jpg': 'two',
    '3.jpg': '',
    '3.cls': '1',
    '4.png': 'x',
  };
  const content = tarOf(some).toString('latin1');
  const { manifest, summary } = await preparedShards(t, {}, { 'a.tar': content });
  assert.equal(manifest.samples.length, 1);
  assert.match(
    summary.warnings.join(),
    /2 images without a label .*left out; the first is 2 in a\.tar/,
  );
  assert.match(summary.warnings.join(), /1 image of no bytes .*it is 3\.jpg in a\.tar/);
});

test('when names give the splits of shards then they are kept, and another split is left out', async (t) => {
  const { manifest, summary } = await preparedShards(t, {
    'train/000.tar': 'ustar.tar',
    'train/001.tar': 'pax.tar',
    'val/clothes-000.tar': 'pax.tar',
    'data/clothes-test-000.tar': 'ustar.tar',
  });
  assert.deepEqual(
    manifest.samples.map((sample) => `${sample.path} ${sample.split}`),
    [
      'train/000.tar train',
      'train/000.tar train',
      'train/000.tar train',
      'val/clothes-000.tar validation',
      'val/clothes-000.tar validation',
      'val/clothes-000.tar validation',
    ],
  );
  assert.deepEqual(manifest.tasks[0]?.classes, ['0', '1']);
  assert.equal(summary.leaks, 3);
  assert.match(
    summary.warnings.join('\n'),
    /1 shard is left out, .*train and val .*it is data\/clothes-test-000\.tar/,
  );
});

test('when members of a sample are adjacent then the first dot of a name ends the key', async (t) => {
  const file = await written(
    t,
    tarOf({
      'a/1.x.cls': '9',
      'a/1.cls': '3',
      'a/1.seg.png': 'no image of its own',
      'a/1.jpg': 'one',
      'a.b/2.jpg': 'two',
      'a.b/2.json': '{"label": "hat"}',
      'a.b/2.cls': 'shoe\n',
      '3.jpg': 'three',
      '3.json': '{"caption": "no label"}',
      '4.jpg': '',
      '4.cls': '1',
      '.hidden.jpg': 'x',
      noextension: 'x',
    }),
  );
  const { images, unlabelled, empty } = await readShard(file);
  assert.deepEqual(
    images.map(({ key, label, range }) => [key, label, range.length]),
    [
      ['a/1', 3, 3],
      ['a.b/2', 'shoe', 3],
    ],
  );
  assert.deepEqual([unlabelled, empty], [['3'], ['4.jpg']]);
});

test('when other members stand between those of a sample then they are still one sample', async (t) => {
  const members = { './._1.cls': 'by macOS', './1.cls': '3', './._1.jpg': '', './1.jpg': 'one' };
  const { images, unlabelled } = await readShard(await written(t, tarOf(members)));
  assert.deepEqual(
    images.map(({ key, label }) => [key, label]),
    [['./1', 3]],
  );
  assert.deepEqual(unlabelled, []);
});

test('when classnames.txt begins with a byte order mark then it is not part of the first name', async (t) => {
  const names = { 'classnames.txt': '\uFEFFhat\nshoe\n' };
  const { manifest } = await preparedShards(t, { '0.tar': 'ustar.tar' }, names);
  assert.deepEqual(manifest.tasks[0]?.classes, ['hat', 'shoe']);
});

test('when labels are both numbers and names then the error gives one of each', async (t) => {
  const names = { '0.tar': 'ustar.tar', '1.tar': 'gnu.tar' };
  await assert.rejects(
    preparedShards(t, names),
    /a name for label at .*0\.tar at byte 2048 but received 0\..*1\.tar at byte \d+ is a name/,
  );
});

test('when a label is not in classnames.txt, or is a huge number, then the error says where', async (t) => {
  await assert.rejects(
    preparedShards(t, { '0.tar': 'ustar.tar' }, { 'classnames.txt': 'only\n' }),
    /one of the 1 classes of classnames\.txt for label at .*0\.tar at byte 4608 but received 1/,
  );
  await assert.rejects(
    preparedShards(
      t,
      {},
      { 'a.tar': tarOf({ '1.jpg': 'x', '1.cls': '4000000000' }).toString('latin1') },
    ),
    /a class number below 100000 .*a\.tar at byte 1536 but received 4000000000/,
  );
});

test('when no image has a label then the error counts them', async (t) => {
  const content = tarOf({ '1.jpg': 'x', '2.jpg': 'y' }).toString('latin1');
  await assert.rejects(
    preparedShards(t, {}, { 'a.tar': content }),
    /images with labels in its shards for source .*2 images without a label in .cls or .json/,
  );
});

test('when class folders lie beside a tar then the folders are prepared', async (t) => {
  const images = { 'hat/1.jpg': 'a', 'hat/2.jpg': 'b', 'shoe/1.jpg': 'c' };
  const { summary } = await preparedShards(t, { 'download.tar': 'ustar.tar' }, images);
  assert.equal(summary.layout, 'class folders');
});

test('when shards are compressed then one sentence says to unpack them', async (t) => {
  for (const name of ['0.tar.gz', 'train/0.tgz', 'data/0.tar.zst']) {
    await assert.rejects(
      preparedShards(t, {}, { [name]: 'packed' }),
      /^InvalidInputError: Expected class folders .* for source but received .*\. Images are read from .*z(st)? is compressed: unpack it .* by gunzip for \.gz/,
    );
  }
});

test('when some shards are compressed then they are left out and counted', async (t) => {
  const { summary } = await preparedShards(t, { 'a.tar': 'gnu.tar' }, { 'b.tar.gz': 'packed' });
  assert.equal(
    summary.warnings[0],
    '1 compressed shard is left out, since images are read in place: unpack it; it is b.tar.gz.',
  );
});

test('when an archive lies beside the class folders it was made from then the folders are prepared', async (t) => {
  const photos = { 'train/hat/1.jpg': 'a', 'train/shoe/1.jpg': 'b', 'val/hat/2.jpg': 'c' };
  for (const archive of ['photos.tar.gz', 'photos.tar', 'photos.parquet']) {
    const { summary } = await preparedShards(t, {}, { ...photos, [archive]: 'packed' });
    assert.equal(summary.layout, 'split class folders');
  }
});
