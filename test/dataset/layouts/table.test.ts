/** Tables of labels: JSON lines, named columns, several tasks and groups. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgram } from '../../../src/cli/program.js';
import {
  loadManifest,
  readImage,
  resolveSample,
  type Samples,
} from '../../../src/dataset/index.js';
import { sha256 } from '../../../src/disk/index.js';
import { prepared } from '../../support/prepared.js';
import { tarOf } from '../../support/shard-files.js';

/** Photos with different contents. */
const photos = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}.jpg`, `photo ${i}`]));

const lines = (...objects: object[]) => objects.map((each) => JSON.stringify(each)).join('\r\n');

test('when labels are JSON lines, then each line is read as a row of CSV is, but digits in quotes are a name', async (t) => {
  const labels = lines(
    { file_name: '0.jpg', label: '7', split: 'train', note: [1] },
    { label: 'hat', file_name: '1.jpg', split: 'test' },
    { file_name: '2.jpg', label: null },
    { file_name: '3.jpg' },
  );
  const { manifest, summary } = await prepared(t, { ...photos(4), 'metadata.jsonl': labels });
  assert.equal(summary.layout, 'table');
  assert.deepEqual(manifest.tasks[0]?.classes, ['7', 'hat']);
  assert.deepEqual(
    manifest.samples.map(({ path, label, split }) => [path, label, split]),
    [
      ['0.jpg', 0, 'train'],
      ['1.jpg', 1, 'validation'],
    ],
  );
  assert.match(
    summary.warnings.join(),
    /2 rows without a label are left out; the first is .*metadata\.jsonl:3/,
  );
  for (const [damage, message] of [
    [
      '{"path":"0.jpg","label":1}\n{"path":',
      /an object in JSON for .*labels\.jsonl:2 but received/,
    ],
    ['{"path":"0.jpg","label":1}\n[1]', /an object in JSON for .*labels\.jsonl:2 but received/],
    ['{"path":"0.jpg","label":{}}', /labels\.jsonl:1 \(label\) has the class a list or an object/],
    [
      '{"path":5,"label":1}',
      /a path inside the table's folder for .*labels\.jsonl:1 \(path\) but received 5/,
    ],
    [
      lines(...Array.from({ length: 10_001 }, (_, i) => ({ [`k${i}`]: 1 }))),
      /at most 10000 different keys for the lines up to .*labels\.jsonl:10001 but received 10001/,
    ],
    [`{"path":"${'x'.repeat(70_000)}`, /lines of at most 65536 bytes for .*labels\.jsonl/],
  ] as const) {
    const files = { '0.jpg': 'x', 'labels.jsonl': damage };
    await assert.rejects(prepared(t, files, { columns: {} }), message);
  }
});

test('when several columns have labels, then each column is a task, and an empty field gives no label', async (t) => {
  const table = ['photo,collar,sleeve length', '0.jpg,round,long', '1.jpg,,short', '2.jpg,v,'].join(
    '\n',
  );
  const columns = { path: 'photo', label: ['collar', 'Sleeve Length'] };
  const { manifest } = await prepared(t, { ...photos(3), 'labels.csv': table }, { columns });
  assert.deepEqual(manifest.tasks, [
    { name: 'collar', classes: ['round', 'v'] },
    { name: 'sleeve-length', classes: ['long', 'short'] },
  ]);
  assert.deepEqual(
    manifest.samples.map(({ path, task, label }) => [path, task, label]),
    [
      ['0.jpg', 'collar', 0],
      ['2.jpg', 'collar', 1],
      ['0.jpg', 'sleeve-length', 0],
      ['1.jpg', 'sleeve-length', 1],
    ],
  );
});

const listsOf = ({ samples }: { samples: Samples }) =>
  samples.map(({ path, label, labels }) => [path, label, labels]);

test('when a column has lists, then an image has any number of labels, none where its list is empty', async (t) => {
  const table = 'path,tags\n0.jpg,hat|blue\n1.jpg,\n2.jpg,?\n3.jpg,"blue, dark | hat|"\n';
  const { manifest, summary } = await prepared(t, { ...photos(4), 'labels.csv': table });
  const classes = ['blue', 'blue, dark', 'hat'];
  assert.deepEqual(manifest.tasks, [{ name: 'shop-photos', classes, labels: 'any' }]);
  const lists = [
    ['0.jpg', -1, [0, 2]],
    ['1.jpg', -1, []],
    ['3.jpg', -1, [1, 2]],
  ];
  assert.deepEqual(listsOf(manifest), lists);
  assert.match(summary.warnings.join(), /1 row without a label is left out; it is .*csv:4/);
  const [task] = summary.tasks;
  assert.deepEqual(
    [...(task?.classes ?? []), task?.none].map((each) => each && each.train + each.validation),
    [1, 1, 2, 1],
  );
  const json = lines(
    { path: '0.jpg', tags: ['hat', 'blue', 'hat'] },
    { path: '1.jpg', tags: [] },
    { path: '2.jpg', tags: null },
    { path: '3.jpg', tags: ['hat', 'blue, dark'] },
  );
  const other = await prepared(t, { ...photos(4), 'labels.jsonl': json });
  assert.deepEqual(listsOf(other.manifest), lists);
});

test('when lists have numbers or other signs, or stand beside single labels, then they are read, and what is no list is refused', async (t) => {
  const table = 'file,kind,parts\n0.jpg,a,2;0\n1.jpg,b,?\n2.jpg,,1\n';
  const columns = { label: 'kind', labels: ['parts'] };
  const { manifest } = await prepared(t, { ...photos(3), 'labels.csv': table }, { columns });
  assert.deepEqual(
    manifest.tasks.map(({ name, classes, labels }) => [name, classes, labels]),
    [
      ['kind', ['a', 'b'], undefined],
      ['parts', ['0', '1', '2'], 'any'],
    ],
  );
  assert.deepEqual(listsOf(manifest), [
    ['0.jpg', 0, undefined],
    ['1.jpg', 1, undefined],
    ['0.jpg', -1, [0, 2]],
    ['2.jpg', -1, [1]],
  ]);
  for (const [name, content, message] of [
    [
      'csv',
      'path,labels\n0.jpg,a;-1\n',
      /class names or numbers in the list for .*csv:2:7 but rec/,
    ],
    ['csv', 'path,labels\n0.jpg,\n1.jpg,?\n', /Missing one label or more.*labels of .*labels\.csv/],
    ['csv', 'path,labels\n0.jpg,a|b\n0.jpg,b\n', /a, b, as at .*2:7, .*one row for all its labels/],
    ['jsonl', '{"path":"0.jpg","labels":"a|b"}', /an array of labels for .*:1 \(labels\) but rec/],
    ['jsonl', '{"path":"0.jpg","labels":[null]}', /class names or numbers in the list for .*:1/],
    ['jsonl', '{"path":"0.jpg","labels":[{}]}', /:1 \(labels\) has the class a list or an object/],
  ] as const) {
    const files = { ...photos(2), [`labels.${name}`]: content };
    await assert.rejects(prepared(t, files, { columns: { labels: 'labels' } }), message);
  }
});

test('when each list has one label, then a warning says how to read them as classes that exclude each other', async (t) => {
  const warned = async (table: string) =>
    (await prepared(t, { ...photos(3), 'labels.csv': table })).summary.warnings.join();
  const told = /Each list of tags has one label: .* read them by --columns label=tags\./;
  assert.match(await warned('path,tags\n0.jpg,a\n1.jpg,b\n2.jpg,?\n'), told);
  assert.doesNotMatch(await warned('path,tags\n0.jpg,a\n1.jpg,\n'), told);
});

test('when rows of one image have other labels, then it is left out and a warning has both lists', async (t) => {
  const table = 'path,labels\n0.jpg,b|a\n1.jpg,\n2.jpg,a\n3.jpg,"a,b"\n';
  const files = { ...photos(4), '1.jpg': 'photo 0', '3.jpg': 'photo 0' };
  const { summary } = await prepared(t, { ...files, 'labels.csv': table.replace('"a,b"', 'a|b') });
  assert.equal(summary.conflicts.length, 1);
  assert.match(
    summary.warnings.join(),
    /contradictory labels and is left out: .*csv:2:1 says a, b, .*csv:3:1 says none\./,
  );
});

test('when a table names members of tar files, then their bytes and hashes are those of the files, and others are refused', async (t) => {
  const tar = tarOf({
    './a/0.jpg': 'photo 0',
    '1.jpg': 'photo 1',
    'empty.jpg': '',
    'a/2.jpg': 'x',
  });
  const files = { ...photos(2), 'in/x.tar': tar, 'folder.tar/1.jpg': 'photo 2' };
  const table = 'file,label\nin/x.tar/a/0.jpg,a\nin/x.tar/1.jpg,b\n1.jpg,b\nfolder.tar/1.jpg,a\n';
  const { manifest, summary } = await prepared(t, { ...files, 'labels.csv': table });
  assert.equal(summary.repeats, 1);
  for (const sample of manifest.samples) {
    const bytes = await readImage(resolveSample(manifest, sample), 100);
    assert.equal(sample.hash, sha256(bytes));
  }
  assert.deepEqual(
    manifest.samples.map(({ path, range, label }) => [path, range, label]),
    [
      ['1.jpg', undefined, 1],
      ['folder.tar/1.jpg', undefined, 0],
      ['in/x.tar', { offset: 512, length: 7 }, 0],
    ],
  );
  for (const [row, message] of [
    ['in/x.tar/b.jpg', /a member of in\/x\.tar with bytes for .*csv:2:1 but received "b\.jpg"/],
    ['in/x.tar/empty.jpg', /a member of in\/x\.tar with bytes for .*csv:2:1/],
    ['in/x.tar/../../../1.jpg', /a path inside the table's folder for .*csv:2:1/],
    ['in/none.tar/b.jpg', /a readable image for every label/],
    ['twice.tar/a.jpg', /twice\.tar at byte 1536: "a\.jpg" is in it twice/],
    ['0.tar/a.jpg', /0\.tar at byte 0: the two blocks of zeros that end a tar are missing/],
  ] as const) {
    const odd = { 'twice.tar': tarOf({ 'a.jpg': 'x', './a.jpg': 'y' }), '0.tar': 'no tar' };
    const labels = { 'labels.csv': `path,label\n${row},a\n` };
    await assert.rejects(prepared(t, { ...files, ...odd, ...labels }, { columns: {} }), message);
  }
});

test('when a table has groups, then each is in one split and in one fold', async (t) => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i}.jpg,${i % 2},person ${i % 7}`);
  const table = ['path,label,group', ...rows].join('\n');
  const files = { ...photos(60), 'labels.csv': table };
  const { manifest } = await prepared(t, files, { folds: 3, validationFraction: 0.3 });
  const places = new Map<number, Set<string>>();
  for (const { path, split, fold } of manifest.samples) {
    const group = Number.parseInt(path, 10) % 7;
    places.set(group, (places.get(group) ?? new Set()).add(`${split} ${fold}`));
  }
  assert.deepEqual(
    [...places.values()].map(({ size }) => size),
    new Array(7).fill(1),
  );
  assert.equal(new Set(manifest.samples.map(({ split }) => split)).size, 2);
  const contradiction = 'path,label,split,group\n0.jpg,0,train,a\n1.jpg,1,val,a\n';
  await assert.rejects(
    prepared(t, { ...photos(2), 'labels.csv': contradiction }),
    /Expected train, as for .*labels\.csv:2:1, for the split of group a at .*labels\.csv:3:1 but received "validation"/,
  );
});

test('when columns are named on the command line, then they are read, and a wrong name gets the nearest one', async (t) => {
  const table = ['img,kind,shot', '0.jpg,a,x', '1.jpg,b,y', '2.jpg,a,x'].join('\n');
  const { source, out } = await prepared(t, {
    ...photos(3),
    'labels.csv': 'path,label\n0.jpg,1',
    'own.txt': '',
  });
  const run = async (columns: string) => {
    const words = ['prepare', `${source}/own.csv`, '--out', out, '--columns', columns];
    await (await createProgram(words)).parseAsync(words, { from: 'user' });
  };
  const { writeFiles } = await import('../../support/folders.js');
  await writeFiles(source, { 'own.csv': table });
  await run('path=img,label=kind,group=shot');
  assert.equal((await loadManifest(out)).samples.length, 3);
  const absent = ['prepare', `${source}/none.csv`, '--out', out, '--columns', 'label=kind'];
  await assert.rejects(
    (await createProgram(absent)).parseAsync(absent, { from: 'user' }),
    /an existing folder for source but received ".*none\.csv"/,
  );
  await assert.rejects(
    run('path=img,label=kinds'),
    /a column of .*own\.csv:1:1 for columns label but received "kinds"\. Did you mean kind\?/,
  );
  await assert.rejects(
    run('path=img,lable=kind'),
    /path=NAME, label=NAME, labels=NAME, split=NAME, group=NAME or box=NAME for --columns but received "lable=kind"/,
  );
  const classes = { 'a/0.jpg': '0', 'b/0.jpg': '1' };
  await assert.rejects(
    prepared(t, classes, { columns: { label: 'kind' } }),
    /a table \(\*\.csv, \*\.jsonl\), since its columns are named, for source .* Leave out the names/,
  );
});
