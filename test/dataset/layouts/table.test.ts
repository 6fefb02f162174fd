/** Tables of labels: JSON lines, named columns, several tasks and groups. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgram } from '../../../src/cli/program.js';
import { loadManifest } from '../../../src/dataset/index.js';
import { prepared } from '../../support/prepared.js';

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
  await assert.rejects(
    run('path=img,label=kinds'),
    /a column of .*own\.csv:1:1 for columns label but received "kinds"\. Did you mean kind\?/,
  );
  await assert.rejects(
    run('path=img,lable=kind'),
    /path=NAME, label=NAME, split=NAME or group=NAME for --columns but received "lable=kind"/,
  );
  const classes = { 'a/0.jpg': '0', 'b/0.jpg': '1' };
  await assert.rejects(
    prepared(t, classes, { columns: { label: 'kind' } }),
    /a table \(\*\.csv, \*\.jsonl\), since its columns are named, for source .* Leave out the names/,
  );
});
