/** CSV files of labels: columns in any order and form, splits, and each row that does not fit refused by its line. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { prepare } from '../../../src/dataset/index.js';
import { temporaryFolder, writeFiles } from '../../support/folders.js';
import { prepared } from '../../support/prepared.js';

const photos = {
  'images/1.jpg': 'one',
  'images/2, "new".jpg': 'two',
  'images/ü 3.jpg': 'three',
  'other/4.jpg': 'four',
};

/** Columns in another order and case, among others; a byte order mark, CRLF, blank lines, spaces and quotes. */
const odd = [
  '\uFEFFid, LABEL ,"Path",note,Split',
  '7,hat,images/1.jpg,"a ""note"", of two\r\nlines",Train',
  '',
  '8, shoe , "images/2, ""new"".jpg",,TESTING',
  '9,"hat",./images/ü 3.jpg,,"training"',
  '10,hat,other/../other/4.jpg,, ',
  '',
].join('\r\n');

test('when columns are odd, quoted and among others then each row is read as it was meant', async (t) => {
  const { manifest, summary } = await prepared(t, { ...photos, 'labels.csv': odd });
  assert.equal(summary.layout, 'table');
  assert.deepEqual(summary.warnings, [
    'shop-photos has no training image of class shoe: add some, since the network cannot learn it.',
    'shop-photos has no validation image of class hat: add some, since nothing measures it.',
  ]);
  assert.deepEqual(manifest.tasks, [{ name: 'shop-photos', classes: ['hat', 'shoe'] }]);
  assert.deepEqual(
    manifest.samples.map(({ path: file, label, split }) => [file, label, split]),
    [
      ['images/1.jpg', 0, 'train'],
      ['images/2, "new".jpg', 1, 'validation'],
      ['images/ü 3.jpg', 0, 'train'],
      ['other/4.jpg', 0, 'train'],
    ],
  );
});

test('when the file is named as the source then it is read as its folder is, beside others, too', async (t) => {
  const { manifest, source } = await prepared(t, { ...photos, 'labels.csv': odd });
  const out = path.join(path.dirname(source), 'again');
  assert.deepEqual((await prepare(path.join(source, 'labels.csv'), { out })).manifest, manifest);
  await writeFiles(source, { 'more.csv': 'path,label\nimages/1.jpg,7\n' });
  const other = await prepare(path.join(source, 'more.csv'), { out });
  assert.deepEqual(
    other.manifest.samples.map(({ path: file, label }) => [file, label]),
    [['images/1.jpg', 7]],
  );
  await assert.rejects(
    prepare(source, { out }),
    /one table with the columns path and label for .* received "labels\.csv, more\.csv"\. Name one/,
  );
});

test('when labels are numbers then classnames.txt names them, and without it they are the names', async (t) => {
  const files = { ...photos, 'labels.csv': 'path,label\nimages/1.jpg,2\nother/4.jpg,0\n' };
  const { manifest } = await prepared(t, files);
  assert.deepEqual(manifest.tasks[0]?.classes, ['0', '1', '2']);
  assert.deepEqual(
    manifest.samples.map(({ label }) => label),
    [2, 0],
  );
  const named = await prepared(t, { ...files, 'classnames.txt': 'hat\nshoe\ncoat\n' });
  assert.deepEqual(named.manifest.tasks[0]?.classes, ['hat', 'shoe', 'coat']);
  await assert.rejects(
    prepared(t, { ...files, 'classnames.txt': 'hat\nshoe\n' }),
    /one of the 2 classes of classnames\.txt for label at .*labels\.csv:2:14 but received 2/,
  );
  const twice = { 'classnames.txt': 'crane\nhat\ncrane\n' };
  await assert.rejects(
    prepared(t, { ...photos, ...twice, 'labels.csv': 'path,label\nimages/1.jpg,crane\n' }),
    /a class that classnames\.txt has once for label at .*labels\.csv:2:14 but received "crane"/,
  );
});

/** `count` rows of the class `label`, and their images. */
function rows(label: string, count: number, split = ''): [string[], Record<string, string>] {
  const names = Array.from({ length: count }, (_, index) => `${label}${split}${index}.jpg`);
  return [
    names.map((name) => `${name},${label},${split}`),
    Object.fromEntries(names.map((name) => [name, name])),
  ];
}

async function preparedRows(t: Parameters<typeof prepared>[0], parts: ReturnType<typeof rows>[]) {
  const table = ['path,label,split', ...parts.flatMap(([lines]) => lines)].join('\n');
  const images = Object.assign({}, ...parts.map(([, files]) => files));
  return await prepared(t, { ...images, 'labels.csv': table }, { validationFraction: 0.2 });
}

test('when only some rows have a split then these keep it, and the seed splits the others by share', async (t) => {
  const { manifest, summary } = await preparedRows(t, [
    rows('hat', 60, 'train'),
    rows('hat', 10, 'val'),
    rows('hat', 20),
  ]);
  assert.deepEqual(summary.warnings, []);
  const held = manifest.samples.filter(({ split }) => split === 'validation');
  assert.equal(held.filter(({ path: file }) => /^hat\d/.test(file)).length, 4);
  assert.equal(held.filter(({ path: file }) => file.startsWith('hatval')).length, 10);
  assert.equal(held.length, 14);
});

test('when two copies of an image differ in that one has a split then that is the split', async (t) => {
  const table = 'path,label,split\na.jpg,hat,\nb.jpg,hat,train\nc.jpg,hat,val\nd.jpg,hat,\n';
  const images = { 'a.jpg': 'same', 'b.jpg': 'same', 'c.jpg': 'c', 'd.jpg': 'd' };
  const { manifest, summary } = await prepared(t, { ...images, 'labels.csv': table });
  assert.equal(summary.repeats, 1);
  assert.deepEqual(
    manifest.samples.map(({ path: file, split }) => `${file} ${split}`),
    ['b.jpg train', 'c.jpg validation', 'd.jpg train'],
  );
});

test('when there are val and test then val is validation and test is left out with its first row', async (t) => {
  const { summary } = await preparedRows(t, [
    rows('hat', 3, 'train'),
    rows('hat', 1, 'test'),
    rows('hat', 2, 'Val'),
  ]);
  assert.deepEqual([summary.tasks[0]?.train, summary.tasks[0]?.validation], [3, 2]);
  assert.equal(summary.warnings.length, 1);
  assert.match(
    summary.warnings[0] ?? '',
    /^1 row is left out, because val is used for validation; it is .*labels\.csv:5:1\.$/,
  );
});

test('when all rows are in one split then the seed splits them and a warning says so', async (t) => {
  for (const [split, others] of [
    ['train', []],
    ['val', [rows('hat', 3, 'test')]],
  ] as const) {
    const { summary } = await preparedRows(t, [rows('hat', 10, split), ...others]);
    assert.deepEqual([summary.tasks[0]?.train, summary.tasks[0]?.validation], [8, 2]);
    assert.match(
      summary.warnings.join('\n'),
      /^All labelled rows are in (train|validation): the seed splits them\.$/m,
    );
  }
});

test('when rows have no label then they are left out, and their split does not count', async (t) => {
  const labels = 'path,label,split\na,hat,train\nb,,val\nc,-1,val\nd,shoe,test\n';
  const { manifest, summary } = await prepared(t, { a: 'a', d: 'd', 'labels.csv': labels });
  assert.deepEqual(
    manifest.samples.map(({ path: file, split }) => `${file} ${split}`),
    ['a train', 'd validation'],
  );
  assert.match(
    summary.warnings[0] ?? '',
    /^2 rows without a label are left out; the first is .*labels\.csv:3:1\.$/,
  );
});

test('when an image is listed twice with one label then it counts once', async (t) => {
  const labels = 'path,label\nimages/1.jpg,hat\nother/4.jpg,shoe\n./images/1.jpg,hat\n';
  const { manifest, summary } = await prepared(t, { ...photos, 'labels.csv': labels });
  assert.equal(manifest.samples.length, 2);
  assert.equal(summary.repeats, 1);
});

test('when class numbers have zeros in front then a warning says how they are read', async (t) => {
  const labels = 'path,label\nimages/1.jpg,00\nother/4.jpg,01\n';
  const { manifest, summary } = await prepared(t, { ...photos, 'labels.csv': labels });
  assert.deepEqual(manifest.tasks[0]?.classes, ['0', '1']);
  assert.match(
    summary.warnings[0] ?? '',
    /^2 labels are read as class numbers, without the zeros in front; the first is .*:2:14\.$/,
  );
});

test('when no labelled row is about a folder with images then a warning names it', async (t) => {
  const images = { 'hat/1.jpg': 'a', 'shoe/1.jpg': 'b', 'coat/1.jpg': 'c', 'docs/1.txt': '' };
  const labels = 'path,label\nhat/1.jpg,hat\nshoe/1.jpg,shoe\ncoat/1.jpg,\n';
  const { summary } = await prepared(t, { ...images, 'labels.csv': labels });
  assert.equal(
    summary.warnings[1],
    '1 folder with images is left alone: no labelled row names a file in it; it is coat.',
  );
  const release = { ...images, 'label.csv': 'hat/1.jpg,kind,yn\nshoe/1.jpg,kind,ny\n' };
  assert.match((await prepared(t, release)).summary.warnings[0] ?? '', /it is coat\.$/);
});

const inside = /a path inside the table's folder for .*labels\.csv:3:1 .* relative to that folder/;
const faults: [what: string, table: string, message: RegExp][] = [
  [
    'a file is missing',
    'path,label\nimages/1.jpg,hat\nimages/5.jpg,shoe\n',
    /1 of 2 cannot be read, the first at .*labels\.csv:3:1: images\/5\.jpg \(ENOENT\)\. Restore .* or remove their rows/,
  ],
  ['a path is empty', 'path,label\nimages/1.jpg,hat\n,shoe\n', inside],
  ['a path leaves the folder', 'path,label\nimages/1.jpg,hat\nimages/../../x.jpg,shoe\n', inside],
  ['a path is absolute', 'path,label\nimages/1.jpg,hat\n/etc/passwd,shoe\n', inside],
  [
    'an image has two labels',
    'label,path\nhat,images/1.jpg\nshoe,other/4.jpg\nshoe,./images/1.jpg\n',
    /Expected hat, as at .*labels\.csv:2:1, for .*labels\.csv:4:1 but received "shoe"\. An image has one label: .*images\/1\.jpg/,
  ],
  [
    'a split is unknown',
    'path,label,split\nimages/1.jpg,hat,train\nother/4.jpg,shoe, holdout\n',
    /one of train, training, validation, .*testing, or nothing for .*labels\.csv:3:19 but received "holdout"/,
  ],
  [
    'a row has too few columns',
    'path,label,split\nimages/1.jpg,hat,\nother/4.jpg,shoe\n',
    /3 fields, as the header has, for .*labels\.csv:3:1 but received "other\/4\.jpg,shoe"/,
  ],
  [
    'a row has too many columns',
    'path,label\nimages/1.jpg,hat\nimages/2, new.jpg,shoe\n',
    /2 fields, as the header has, for .*labels\.csv:3:1 .*Put a field with a comma in it into quotes/,
  ],
  [
    'labels are names and numbers',
    'path,label\nimages/1.jpg,hat\nother/4.jpg,1\n',
    /a name for label at .*labels\.csv:3:13 but received 1\..*labels\.csv:2:14 is a name/,
  ],
  [
    'a number is too large for a class',
    'path,label\nimages/1.jpg,99999999999999999999\n',
    /labels\.csv:2:14 has the class 100000000000000000000, which is neither a class number nor a name/,
  ],
  ['no row has a label', 'path,label\nimages/1.jpg,\n', /rows with a label for .*labels\.csv/],
  [
    'a quote is not closed',
    'path,label\nimages/1.jpg,hat\n"other/4.jpg,shoe\n',
    /labels\.csv:3.*Quote Not Closed/,
  ],
  [
    'a column stands twice',
    'path,label,Label\nimages/1.jpg,hat,hat\n',
    /one column label for .*labels\.csv:1:12 but received "path,label,Label"/,
  ],
  [
    'the header has no path',
    'id,label\nimages/1.jpg,hat\n',
    /a header line with path and label for .*labels\.csv:1:1 but received "id,label"\. Name the columns in the first line, path, file, .*, or image_path for the images, label, class, category, or target for the classes or labels or tags for lists of them, or say their names by --columns; paths start from the folder of the file$/,
  ],
  [
    'the columns are not separated by commas',
    'path;label\nimages/1.jpg;hat\n',
    /labels\.csv:1:1 but received "path;label"\. Separate the columns by commas, in/,
  ],
  ['a path is that of Windows', 'path,label\nimages/1.jpg,hat\nC:\\x\\1.jpg,shoe\n', inside],
  [
    'a path is a URL',
    'path,label\nimages/1.jpg,hat\nhttps://a.b/1.jpg,shoe\n',
    /inside the table's folder for .*labels\.csv:3:1 .*Download the image into that folder/,
  ],
  ['the file is empty', '', /a header line with path and label for .*labels\.csv:1 /],
];

for (const [what, table, message] of faults) {
  test(`when ${what} then the error names the line`, async (t) => {
    const folder = temporaryFolder(t);
    await writeFiles(folder, { ...photos, 'labels.csv': table });
    const source = path.join(folder, 'labels.csv');
    await assert.rejects(prepare(source, { out: path.join(folder, 'out') }), (error: Error) => {
      assert.equal(error.name, 'InvalidInputError');
      assert.match(error.message, message);
      return true;
    });
  });
}
