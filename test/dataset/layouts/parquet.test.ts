/** Parquet files by pyarrow: rows, classes and splits, and shards that are byte for byte those of Python's tarfile. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadManifest, type Prepared, prepare, readSource } from '../../../src/dataset/index.js';
import { temporaryFolder } from '../../support/folders.js';
import { withoutTimes } from '../../support/prepared.js';

const fixtures = path.join(import.meta.dirname, '../../fixtures');
/** By make_parquet.py: key, SHA-256 of the image and label of each row, and the hash of the shard they make. */
const listing: Record<string, { rows: [string, string, number][]; tar: string }> = JSON.parse(
  await readFile(path.join(fixtures, 'parquet.json'), 'utf8'),
);
const train = 'parquet/train-00000-of-00001.parquet';
const validation = 'parquet/validation-00000-of-00001.parquet';
const named = 'parquet-names/0000.parquet';

async function preparedParquet(
  t: TestContext,
  files: Record<string, string>,
): Promise<Prepared & { images: string }> {
  const folder = temporaryFolder(t);
  const source = path.join(folder, 'clothes');
  for (const [name, fixture] of Object.entries(files)) {
    await mkdir(path.join(source, path.dirname(name)), { recursive: true });
    await copyFile(path.join(fixtures, fixture), path.join(source, name));
  }
  const out = path.join(folder, 'out');
  return { ...(await prepare(source, { out })), images: path.join(out, 'images') };
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('when Parquet files are prepared then their images are shards, as tarfile would write them', async (t) => {
  const { manifest, summary, images } = await preparedParquet(t, {
    'data/train-00000-of-00001.parquet': train,
    'data/validation-00000-of-00001.parquet': validation,
  });
  assert.equal(summary.layout, 'Parquet');
  assert.equal(manifest.root, images);
  assert.deepEqual(manifest.tasks, [{ name: 'clothes', classes: ['hat', 'shoe'] }]);
  for (const [name, split] of [
    [train, 'train'],
    [validation, 'validation'],
  ] as const) {
    const shard = `data/${path.basename(name, '.parquet')}.tar`;
    const wanted = listing[name];
    const bytes = await readFile(path.join(images, shard));
    assert.equal(sha256(bytes), wanted?.tar);
    const samples = manifest.samples.filter((sample) => sample.path === shard);
    assert.deepEqual(
      samples.map(({ hash, label }) => [hash, label]),
      wanted?.rows.map(([, hash, label]) => [hash, label]),
    );
    for (const { range, hash, ...sample } of samples) {
      const { offset, length } = range as { offset: number; length: number };
      assert.equal(sha256(bytes.subarray(offset, offset + length)), hash);
      assert.equal(sample.split, split);
    }
  }
  const warnings = summary.warnings.join('\n');
  assert.match(
    warnings,
    /2 rows without image or class are left out; the first is row 2 of data\/train-00000/,
  );
  assert.match(warnings, /The classes of column season are not used/);
});

test('when classes are names in a column then they are sorted and numbered', async (t) => {
  const { manifest, summary, images } = await preparedParquet(t, { '0000.parquet': named });
  assert.deepEqual(manifest.tasks[0]?.classes, ['hat', 'shoe']);
  assert.deepEqual(summary.warnings, []);
  assert.equal(sha256(await readFile(path.join(images, '0000.tar'))), listing[named]?.tar);
  assert.deepEqual(await readdir(images), ['0000.tar', 'classnames.txt']);
});

test('when Parquet files are prepared again then the shards are replaced', async (t) => {
  const folder = temporaryFolder(t);
  const out = path.join(folder, 'out');
  const prepareNow = async () => {
    const { manifest, summary } = await prepare(path.join(fixtures, 'parquet-names'), { out });
    return { summary, manifest: withoutTimes(manifest) };
  };
  const first = await prepareNow();
  await writeFile(path.join(out, 'images', 'left.tar'), 'from before');
  assert.deepEqual(await prepareNow(), first);
  assert.deepEqual(await readdir(out), ['images', 'manifest.json']);
});

test('when preparing again fails then the earlier result stays', async (t) => {
  const folder = temporaryFolder(t);
  const [source, out] = [path.join(folder, 'clothes'), path.join(folder, 'out')];
  await cp(path.join(fixtures, 'parquet-names'), source, { recursive: true });
  await prepare(source, { out });
  const shard = path.join(out, 'images', '0000.tar');
  const [before, { ino }] = [await loadManifest(out), await stat(shard)];
  let steps = 0;
  const onProgress = () => {
    // Two row groups are written, then their shard is read.
    if (++steps === 3) {
      throw new Error('stopped');
    }
  };
  await assert.rejects(prepare(source, { out, onProgress }), { message: 'stopped' });
  assert.deepEqual(await loadManifest(out), before);
  assert.equal((await stat(shard)).ino, ino);
  assert.deepEqual(await readdir(out), ['images', 'manifest.json']);
});

test('when an earlier run was killed then its unfinished files are removed', async (t) => {
  const out = path.join(temporaryFolder(t), 'out');
  const left = 'images.0f8fad5b-d9cb-469f-a165-70867728950e.tmp';
  await mkdir(path.join(out, left), { recursive: true });
  await mkdir(path.join(out, 'images.mine.tmp'));
  await prepare(path.join(fixtures, 'parquet-names'), { out });
  assert.deepEqual(await readdir(out), ['images', 'images.mine.tmp', 'manifest.json']);
});

test('when the folder of images has other files then nothing is replaced', async (t) => {
  const out = path.join(temporaryFolder(t), 'out');
  const photo = path.join(out, 'images', 'hat', 'mine.jpg');
  await mkdir(path.dirname(photo), { recursive: true });
  await writeFile(photo, 'a photo');
  await assert.rejects(
    prepare(path.join(fixtures, 'parquet-names'), { out }),
    /no files but shards for the folder of images but received .*images with mine\.jpg/,
  );
  assert.equal(await readFile(photo, 'utf8'), 'a photo');
});

test('when there is a file in the place of the folder of images then it stays', async (t) => {
  const out = path.join(temporaryFolder(t), 'out');
  await mkdir(out);
  await writeFile(path.join(out, 'images'), 'mine');
  await assert.rejects(
    prepare(path.join(fixtures, 'parquet-names'), { out }),
    /a folder for the folder of images but received .*images". There is a file of that name/,
  );
  assert.equal(await readFile(path.join(out, 'images'), 'utf8'), 'mine');
});

test('when Parquet files are read without preparing then the error says how to prepare them', async () => {
  await assert.rejects(readSource(path.join(fixtures, 'parquet')), /prepared.*npx bobbin prepare/);
});

test('when the classes of two files differ then the error names both', async (t) => {
  await assert.rejects(
    preparedParquet(t, { 'train-0.parquet': train, 'train-1.parquet': named }),
    /Missing the classes of .*train-0\.parquet for classes of .*train-1\.parquet/,
  );
});

test('when the classes of two files differ by a comma then they differ', async (t) => {
  // The same length, so that the file stays whole: its metadata has the names in JSON.
  const classes = (names: string) => {
    const whole = readFileSync(path.join(fixtures, train), 'latin1');
    const changed = whole.replaceAll('"names": ["hat", "shoe"]', `"names": ${names}`);
    assert.notEqual(changed, whole);
    assert.equal(changed.length, whole.length);
    return Buffer.from(changed, 'latin1');
  };
  const folder = temporaryFolder(t);
  const source = path.join(folder, 'source');
  await mkdir(source);
  await writeFile(path.join(source, 'a.parquet'), classes('["a,b", "cdef"]'));
  await writeFile(path.join(source, 'b.parquet'), classes('["a", "b,cdef"]'));
  await assert.rejects(
    prepare(source, { out: path.join(folder, 'out') }),
    /classes of .*b\.parquet but received \["a","b,cdef"\]/,
  );
});

test('when a class column is declared then it is preferred to a column named label', async (t) => {
  const whole = await readFile(path.join(fixtures, train), 'latin1');
  // The same length, so that the file stays whole; season stays declared.
  const declared = '["hat", "shoe"], "_type": "ClassLabel"';
  const changed = whole.replaceAll(declared, declared.replace('ClassLabel', 'ClassLapel'));
  assert.notEqual(changed, whole);
  const folder = temporaryFolder(t);
  const source = path.join(folder, 'clothes');
  await mkdir(source);
  await writeFile(path.join(source, 'a.parquet'), changed, 'latin1');
  const { manifest, summary } = await prepare(source, { out: path.join(folder, 'out') });
  assert.deepEqual(manifest.tasks[0]?.classes, ['summer', 'winter']);
  assert.match(summary.warnings.join('\n'), /classes of column label are not used/);
});

test('when several class columns are declared then the one named label is used', async (t) => {
  const { manifest, summary } = await preparedParquet(t, {
    'a.parquet': 'parquet-plain/order.parquet',
  });
  assert.deepEqual(manifest.tasks[0]?.classes, ['hat', 'shoe']);
  assert.deepEqual(summary.warnings, ['The classes of column season are not used.']);
});

test('when classes are bytes then they are text, and an image is taken before its mask', async (t) => {
  const { manifest } = await preparedParquet(t, { 'a.parquet': 'parquet-plain/names.parquet' });
  assert.deepEqual(manifest.tasks[0]?.classes, ['hat', 'shoe']);
  // The images of make_parquet.py are the same from file to file.
  const same = (listing[named]?.rows ?? []).map(([, hash, label]) => [hash, 1 - label]);
  assert.deepEqual(
    manifest.samples.map(({ hash, label }) => [hash, label]),
    same,
  );
});

test('when classes are digits in text then these are names, and -1 is none', async (t) => {
  const { manifest } = await preparedParquet(t, { 'a.parquet': 'parquet-plain/digits.parquet' });
  assert.deepEqual(manifest.tasks[0]?.classes, ['10', '2']);
  assert.deepEqual(
    manifest.samples.map(({ label }) => label),
    [1, 0, 1],
  );
});

test('when the validation file has no class then the seed splits the others', async (t) => {
  const { summary } = await preparedParquet(t, {
    'train.parquet': 'parquet-plain/names.parquet',
    'test.parquet': 'parquet-plain/unlabelled.parquet',
  });
  assert.deepEqual([summary.tasks[0]?.train, summary.tasks[0]?.validation], [2, 2]);
  const warnings = summary.warnings.join('\n');
  assert.match(warnings, /3 rows without image or class .* row 0 of test\.parquet/);
  assert.match(warnings, /validation shards have no labelled image: the seed splits/);
});

test('when a Parquet file of a set is missing then one sentence names it', async (t) => {
  const name = 'data/train-00000-of-00002.parquet';
  const { summary } = await preparedParquet(t, { [name]: 'parquet-plain/names.parquet' });
  assert.deepEqual(summary.warnings, [
    '1 of 2 shards is missing; the first is data/train-00001-of-00002.',
  ]);
});
