/** Parquet files that cannot be used: damaged, hostile, too large, or sound but of another kind. Each is named. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { parquetMetadata } from 'hyparquet';
import { prepare } from '../../../src/dataset/index.js';
import { openParquet } from '../../../src/dataset/layouts/parquet.js';
import { InvalidInputError } from '../../../src/errors.js';
import { temporaryFolder } from '../../support/folders.js';

const fixtures = path.join(import.meta.dirname, '../../fixtures');
const train = 'parquet/train-00000-of-00001.parquet';
const named = 'parquet-names/0000.parquet';

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
