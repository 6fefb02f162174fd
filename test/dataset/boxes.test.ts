/** Boxes of photos: the forms of their tables, what is refused, and what a manifest keeps. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import {
  type Box,
  changesSince,
  digestOfBoxes,
  loadManifest,
  readBoxes,
  SampleTable,
} from '../../src/dataset/index.js';
import { temporaryFolder } from '../support/folders.js';
import { prepared } from '../support/prepared.js';

/** A picture of 40 × 30 pixels, or upright of 30 × 40 if it is turned. */
const picture = (level: number, orientation = 1) =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: { r: level, g: 0, b: 0 } } })
    .withMetadata({ orientation })
    .jpeg()
    .toBuffer();

const photos = {
  'hat/a.jpg': await picture(0),
  'hat/b.jpg': await picture(80),
  'shoe/c.jpg': await picture(160, 6),
  'shoe/d.jpg': await picture(240),
};

/** Prepares class folders with a file of boxes beside them. */
async function withFile(t: TestContext, text: string, options: object = {}, name = 'boxes.csv') {
  const file = path.join(temporaryFolder(t), name);
  await writeFile(file, text);
  return { ...(await prepared(t, photos, { boxes: file, ...options })), file };
}

const boxesOf = ({ manifest }: { manifest: { samples: Iterable<{ path: string; box?: Box }> } }) =>
  Object.fromEntries(
    [...manifest.samples].flatMap(({ path: name, box }) => (box ? [[name, box]] : [])),
  );

test('when a file has boxes, then photos get their union in whole pixels, and the manifest keeps them', async (t) => {
  const csv =
    'path,x0,y0,x1,y1\nhat/a.jpg,1,2,10.5,12\n./hat/a.jpg,-3,4,5,60\n\nshoe/c.jpg,25,35,30,40\n';
  const wanted = { 'hat/a.jpg': [-3, 2, 11, 60], 'shoe/c.jpg': [25, 35, 30, 40] };
  const result = await withFile(t, csv);
  assert.deepEqual(boxesOf(result), wanted);
  assert.equal(result.summary.boxed, 2);
  assert.deepEqual(result.summary.warnings, []);
  const loaded = await loadManifest(result.out);
  assert.deepEqual(boxesOf({ manifest: loaded }), wanted);
  assert.deepEqual(
    loaded.labelFiles?.map((each) => each.path),
    [result.file],
  );
  await writeFile(result.file, `${csv}hat/b.jpg,0,0,5,5\n`);
  assert.match(
    (await changesSince({ manifest: loaded })).join(),
    /boxes\.csv has changed since prepare/,
  );
  const lines = '{"path":"hat/a.jpg","box":[1,2,10,12]}\n{"path":"hat/b.jpg","box":[0,0,40,30]}';
  assert.deepEqual(boxesOf(await withFile(t, lines, {}, 'boxes.jsonl')), {
    'hat/a.jpg': [1, 2, 10, 12],
    'hat/b.jpg': [0, 0, 40, 30],
  });
});

test('when boxes are shares, then they are of the upright photo', async (t) => {
  const csv = 'box,file\n0.1 0.5 0.26 1,hat/a.jpg\n"0.1,0.5,0.26,2",shoe/c.jpg\n';
  assert.deepEqual(boxesOf(await withFile(t, csv, { boxUnit: 'shares' })), {
    'hat/a.jpg': [4, 15, 11, 30],
    'shoe/c.jpg': [3, 20, 8, 80],
  });
});

test('when a table of labels has boxes, then they are read, and the rows of one photo are united', async (t) => {
  const jsonl = [
    { path: 'hat/a.jpg', label: 'hat', box: [1, 2, 3, 4] },
    { path: 'hat/a.jpg', label: 'hat', box: [5, 6, 7, 8] },
    { path: 'hat/b.jpg', label: 'hat', box: null },
    { path: 'shoe/c.jpg', label: 'shoe' },
  ];
  const lines = jsonl.map((line) => JSON.stringify(line)).join('\n');
  const table = async (name: string, text: string, options = {}) =>
    boxesOf(await prepared(t, { ...photos, [name]: text }, options));
  assert.deepEqual(await table('labels.jsonl', lines), { 'hat/a.jpg': [1, 2, 7, 8] });
  const csv = 'path,label,Box\nhat/a.jpg,hat,1 2 3 4\nshoe/d.jpg,shoe,\n';
  assert.deepEqual(await table('labels.csv', csv), { 'hat/a.jpg': [1, 2, 3, 4] });
  const four = 'path,label,x0,y0,x1,y1\nhat/a.jpg,hat,1,2,3,4\nshoe/d.jpg,shoe,,,,\n';
  assert.deepEqual(await table('labels.csv', four), { 'hat/a.jpg': [1, 2, 3, 4] });
  const named = 'path,label,seen\nhat/a.jpg,hat,"[1, 2, 3, 4]"\nshoe/d.jpg,shoe,\n';
  const columns = { columns: { box: 'seen' } };
  assert.deepEqual(await table('labels.csv', named, columns), { 'hat/a.jpg': [1, 2, 3, 4] });
});

test('when a box does not fit, then the error names its place and the way out', async (t) => {
  const header = 'path,x0,y0,x1,y1\n';
  for (const [text, message] of [
    [
      `${header}hat/a.jpg,1,2,x,4`,
      /four finite numbers, x0 y0 x1 y1, for .*boxes\.csv:2:11 but received "1 2 x 4"/,
    ],
    [`${header}hat/a.jpg,1,2,NaN,4`, /four finite numbers.*boxes\.csv:2:11/],
    [`${header}hat/a.jpg,1,2,Infinity,4`, /four finite numbers.*boxes\.csv:2:11/],
    [`${header}hat/a.jpg,1,2,,4`, /four finite numbers.*boxes\.csv:2:11/],
    [
      `${header}hat/a.jpg,5,2,5,4`,
      /x0 below x1 and y0 below y1.*boxes\.csv:2:11 but received "5 2 5 4"/,
    ],
    [`${header}hat/a.jpg,0,0,1e300,4`, /from -1000000000 to 1000000000.*boxes\.csv:2:11/],
    [
      `${header}hat/a.jpg,,,,`,
      /a box for .*boxes\.csv:2:11 but received ""\. A photo without a row/,
    ],
    [`${header}hat/a.jpg,1,2,3`, /5 fields, as the header has, for .*boxes\.csv:2:1/],
    [
      `${header}hat/a.jpg,40,0,50,5`,
      /shows a part of its photo of 40 × 30 pixels for .*boxes\.csv:2:11/,
    ],
    [`${header}shoe/c.jpg,35,0,39,5`, /shows a part of its photo of 30 × 40 pixels/],
    [`${header}hat/a.jpg,0.1,0.1,0.9,0.9`, /more than one pixel.*--box-unit shares/],
    [
      `${header}hat/aa.jpg,1,2,3,4`,
      /existing photo for .*boxes\.csv:2:12 but received "hat\/aa\.jpg"\. Did you mean hat\/a\.jpg/,
    ],
    [`${header}../a.jpg,1,2,3,4`, /a path inside the source for .*boxes\.csv:2/],
    [
      'path,x0,y0,x1\nhat/a.jpg,1,2,3',
      /a header with path, x0, y0, x1 and y1, or with path and box, for/,
    ],
    ['', /a header with path/],
  ] as const) {
    await assert.rejects(withFile(t, text), { name: 'InvalidInputError', message }, text);
  }
  const shares = { boxUnit: 'shares' };
  await assert.rejects(
    withFile(t, `${header}hat/a.jpg,1,0,1.5,1`, shares),
    /shows a part of its photo/,
  );
  await assert.rejects(
    withFile(t, header, {}, 'boxes.txt'),
    /a table \(\*\.csv, \*\.jsonl\) for boxes/,
  );
  const absent = path.join(temporaryFolder(t), 'boxes.csv');
  await assert.rejects(prepared(t, photos, { boxes: absent }), /an existing file for boxes/);
});

test('when a box is of a photo without a label, then a warning counts it', async (t) => {
  const csv = 'path,label\nhat/a.jpg,hat\nshoe/d.jpg,shoe\nhat/b.jpg,\n';
  const boxes = path.join(temporaryFolder(t), 'boxes.csv');
  await writeFile(boxes, 'path,box\nhat/b.jpg,1 2 3 4\n');
  const { summary } = await prepared(t, { ...photos, 'labels.csv': csv }, { boxes });
  assert.equal(summary.boxed, 0);
  assert.match(
    summary.warnings.join(),
    /1 box is of an image without a label or a question; it is .*boxes\.csv:2/,
  );
  const boxed = csv.replace('label', 'label,box').replaceAll(',hat\n', ',hat,1 2 3 4\n');
  const both = boxed.replaceAll(',shoe\n', ',shoe,\n').replace('b.jpg,', 'b.jpg,,');
  const twice = prepared(t, { ...photos, 'labels.csv': both }, { boxes });
  await assert.rejects(twice, /boxes cannot be combined with a table with boxes/);
});

test('when rows are random, then each is read as written or refused at its place', async (t) => {
  const file = path.join(temporaryFolder(t), 'boxes.csv');
  const number = (seed: number) => ((seed * 0x9e3779b1) >>> 0) / 2 ** 20 - 2048;
  const rows = Array.from({ length: 40 }, (_, row) => [0, 1, 2, 3].map((i) => number(4 * row + i)));
  for (const row of rows) {
    await writeFile(file, `path,x0,y0,x1,y1\na.jpg,${row.join()}\n`);
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = row;
    const read = rowsOf(file);
    if (x0 < x1 && y0 < y1) {
      assert.deepEqual(await read, [row]);
    } else {
      await assert.rejects(read, /boxes\.csv:2:7/);
    }
  }
});

async function rowsOf(file: string): Promise<Box[]> {
  const rows: Box[] = [];
  for await (const { numbers } of readBoxes(file)) {
    rows.push(numbers);
  }
  return rows;
}

test('when samples have boxes, then a manifest refuses others, and their digest tells them', async (t) => {
  const result = await withFile(t, 'path,box\nhat/a.jpg,1 2 3 4\n');
  const { samples } = result.manifest;
  const digest = digestOfBoxes(samples);
  assert.equal(digestOfBoxes([...samples]), digest);
  assert.notEqual(
    digestOfBoxes(samples.map((sample) => ({ ...sample, box: [1, 2, 3, 5] }))),
    digest,
  );
  assert.equal(digestOfBoxes(samples.filter(({ box }) => box === undefined)), undefined);
  const [first] = samples;
  assert.ok(first);
  for (const box of [[1, 2, 3], [1, 2, 1, 4], [1.5, 2, 3, 4], [0, 0, 2e9, 4], 'all']) {
    assert.throws(
      () => SampleTable.from([{ ...first, box: box as unknown as Box }]),
      /a box, if any/,
    );
  }
});
