/** Parquet files by pyarrow: rows, classes and splits, and shards that are byte for byte those of Python's tarfile. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { parquetMetadata } from 'hyparquet';
import { loadManifest, type Prepared, prepare, readSource } from '../../../src/dataset/index.js';
import { openParquet } from '../../../src/dataset/layouts/parquet.js';
import { InvalidInputError } from '../../../src/errors.js';
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
    /the classes of .*train-0\.parquet for classes of .*train-1\.parquet but received undefined/,
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
    '1 of 2 shards are missing; the first is data/train-00001-of-00002.',
  ]);
});

async function refusal(
  t: TestContext,
  content: Uint8Array,
): Promise<InvalidInputError | undefined> {
  const folder = temporaryFolder(t);
  const source = path.join(folder, 'source');
  await mkdir(source);
  await writeFile(path.join(source, 'x.parquet'), content);
  try {
    await prepare(source, { out: path.join(folder, 'out') });
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) {
      throw error;
    }
    return error;
  }
}

test('when a file is not Parquet, or lacks images or classes, then the error names it', async (t) => {
  const whole = await readFile(path.join(fixtures, train));
  const names = await readFile(path.join(fixtures, named));
  const replaced = (from: string, to: string) =>
    Buffer.from(names.toString('latin1').replaceAll(from, to), 'latin1');
  const cases: [Uint8Array, RegExp][] = [
    [
      Buffer.from('no Parquet at all'),
      /x\.parquet is damaged, or is not Parquet: parquet file invalid/,
    ],
    [whole.subarray(100), /x\.parquet, row group 0 is damaged/],
    [replaced('bytes', 'bites'), /a column of images .* for columns of .*x\.parquet/],
    [replaced('label', 'lapel'), /a column called label for columns of .*x\.parquet.*lapel/],
  ];
  for (const [content, message] of cases) {
    assert.match((await refusal(t, content))?.message ?? 'no error', message);
  }
});

test('when Parquet files are mutated then each is read or refused by name', async (t) => {
  const whole = await readFile(path.join(fixtures, train));
  let state = 3;
  const below = (limit: number) => {
    // Numerical Recipes' 32-bit generator.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % limit;
  };
  let refused = 0;
  for (let round = 0; round < 100; round++) {
    const content = Buffer.from(whole);
    for (let change = below(6); change >= 0; change--) {
      content[below(content.length)] = below(256);
    }
    const error = await refusal(t, content);
    if (error) {
      refused++;
    }
    if (error) {
      assert.match(error.message, /x\.parquet|x\.tar|source/);
    }
  }
  assert.ok(refused > 10 && refused < 100, `${refused} of 100 were refused`);
});

test('when a column has more bytes than one read allows then column, file and remedy are named', async (t) => {
  const whole = await readFile(path.join(fixtures, train));
  const footer = whole.length - 8 - whole.readUInt32LE(whole.length - 8);
  const { row_groups: groups } = parquetMetadata(new Uint8Array(whole).buffer);
  const [chunk] = groups[0]?.columns ?? [];
  const size = Number(chunk?.meta_data?.total_compressed_size);
  // Field 7 of ColumnMetaData, an i64, after field 6: parquet.thrift in Thrift's compact protocol.
  const field = (value: number) => Buffer.from([0x16, ...zigzag(value)]);
  const at = whole.indexOf(field(size), footer);
  const end = at + field(size).length;
  const large = 3 * 2 ** 30;
  const changed = Buffer.concat([
    whole.subarray(footer, at),
    field(large),
    whole.subarray(end, -8),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(changed.length);
  const content = [whole.subarray(0, footer), changed, length, Buffer.from('PAR1')];
  const error = await refusal(t, Buffer.concat(content));
  assert.match(
    error?.message ?? 'no error',
    /at most 2147483647 bytes for column image in row group 0 of .*x\.parquet but received 3221225472\. Write .*row_group_size/,
  );
});

/** A variable-length integer of Thrift's compact protocol, for a number that is not negative. */
function zigzag(value: number): number[] {
  const bytes: number[] = [];
  let rest = value * 2;
  for (; rest >= 128; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) | 128);
  }
  return [...bytes, rest];
}

test('when a small file would become hundreds of megabytes, then it is refused before that', async () => {
  const bombs = path.join(fixtures, 'parquet-bombs');
  for (const [name, bytes] of [
    ['dictionary.parquet', 400_080_000],
    ['zeros.parquet', 80_000_014],
  ] as const) {
    const file = await openParquet(path.join(bombs, name));
    await assert.rejects(
      file.read(0, { images: true }),
      new RegExp(
        `^InvalidInputError: Expected at most \\d{8} bytes after decompression for row group 0 of .*${name} but received ${bytes}\\. Write the file again`,
      ),
    );
  }
});

test('when sound files hold no classes or only names of images, then the error says what Bobbin reads', async (t) => {
  const reasons = {
    'shares.parquet':
      /shares\.parquet, row 0 has the class 0\.3, which is neither .* Bobbin reads class numbers and class names/,
    'links.parquet':
      /rows with an image and a class .* name files, such as im\/0\.jpg: write a CSV file with the columns path and label/,
  };
  for (const [name, reason] of Object.entries(reasons)) {
    const source = temporaryFolder(t);
    await copyFile(path.join(fixtures, 'parquet-unread', name), path.join(source, name));
    const out = temporaryFolder(t);
    await assert.rejects(prepare(source, { out }), ({ message }: Error) => {
      assert.match(message, reason);
      assert.doesNotMatch(message, /damaged/);
      return true;
    });
  }
});
