/** The forms of predictions: which classes they show, quoting, and the columns of a terminal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { type Answer, defaultTop, formats } from '../../src/cli/prediction/formats.js';
import { type Head, headsFor } from '../../src/model/index.js';
import { topClasses } from '../../src/prediction/index.js';
import { displayWidth } from '../../src/width.js';

const classes = ['coat, "long"', '帽子', 'x', '3'];
const probabilities = [0.125, 0.5, 0.125, 0.25];
const headOf = (names: string[]): Head => headsFor([{ task: 'hats', classes: names }])[0] as Head;
const head = headOf(classes);
const answer = (path: string, top: number): Answer => ({
  path,
  head,
  top: topClasses(probabilities, top),
  probabilities,
});
const terminal = { room: 80, isTopGiven: false, threshold: 0.5, heads: [head] };
const unread: Answer = {
  path: 'b.jpg',
  head,
  top: [],
  probabilities: [0, 0, 0, 0],
  reason: 'is text',
};

function written(format: keyof typeof formats, top: number | undefined): string {
  const answers = [answer('a.jpg', top ?? 1), unread];
  const form = formats[format]({ ...terminal, paths: ['a.jpg', 'b.jpg'], top });
  return form.head + answers.map(form.row).join(form.between) + form.foot;
}

test('when classes are ranked, then the greatest come first, and of equal ones the lower index', () => {
  assert.deepEqual(topClasses(probabilities, 3), [1, 3, 0]);
  assert.deepEqual(topClasses(probabilities, 9), [1, 3, 0, 2]);
  const many = Float32Array.from({ length: 500 }, (_, index) => Math.sin(index * 7.3));
  const sorted = Array.from(many.keys()).sort((a, b) => (many[b] ?? 0) - (many[a] ?? 0));
  assert.deepEqual(topClasses(many, 20), sorted.slice(0, 20));
});

test('when rows are CSV, then any reader finds the columns of all classes, or of the most probable', () => {
  assert.deepEqual(parse(written('csv', undefined)), [
    ['path', 'prediction', ...classes, 'reason'],
    ['a.jpg', '帽子', '0.125000', '0.500000', '0.125000', '0.250000', ''],
    ['b.jpg', '', '', '', '', '', 'is text'],
  ]);
  assert.deepEqual(parse(written('csv', 2)), [
    ['path', 'prediction', 'probability', 'prediction 2', 'probability 2', 'reason'],
    ['a.jpg', '帽子', '0.500000', '3', '0.250000', ''],
    ['b.jpg', '', '', '', '', 'is text'],
  ]);
});

test('when more classes are asked for than there are, then the columns are those of all', () => {
  const [header, row] = parse(written('csv', 9)) as string[][];
  assert.equal(header?.length, 10);
  assert.equal(row?.length, 10);
});

test('when rows are JSON, then the whole is one value, or each line', () => {
  const top = [
    { class: '帽子', probability: 0.5 },
    { class: '3', probability: 0.25 },
  ];
  const first = { path: 'a.jpg', prediction: '帽子', probability: 0.5 };
  const second = { path: 'b.jpg', prediction: null, reason: 'is text' };
  assert.deepEqual(JSON.parse(written('json', 2)), [{ ...first, top }, second]);
  const shares = Object.fromEntries(classes.map((name, index) => [name, probabilities[index]]));
  const lines = written('jsonl', undefined).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    [{ ...first, probabilities: shares }, second],
  );
});

test('when rows are a table, then each fits 80 columns, also with wide letters', () => {
  const long = `photos/${'帽子'.repeat(30)}/image.jpg`;
  const many = Array.from({ length: 30 }, (_, index) => `a rather long class ${index}`);
  const form = formats.table({ ...terminal, heads: [headOf(many)], paths: [long], top: 3 });
  const row = form.row({
    path: long,
    head: headOf(many),
    top: [7, 2, 1],
    probabilities: many.map(() => 0.031),
  });
  assert.match(form.head, /^Images in photos\/.*\/\nimage /);
  assert.match(row, /^image\.jpg {2}/);
  assert.match(row, /class 7 3\.1 %/);
  const reason = 'no reason is as long as this one, which nobody would read to its end '.repeat(2);
  for (const line of [
    ...form.head.trimEnd().split('\n').slice(1),
    row,
    form.row({ ...unread, reason }),
  ]) {
    assert.ok(displayWidth(line) <= 80, line);
  }
  assert.equal(written('table', 2).split('\n')[2], 'a.jpg  帽子 50.0 %, 3 25.0 %');
});

test('when no number of classes is asked for, then few are all shown, and of many the most probable', () => {
  assert.equal(defaultTop('csv', 100), undefined);
  assert.equal(defaultTop('csv', 101), 5);
  assert.equal(defaultTop('table', 2), 3);
});

test('when paths do not fit, then rows begin below the folder that all are in', () => {
  const paths = ['a/1.jpg', 'ab/2.jpg'].map((file) => `${'/folder'.repeat(9)}/${file}`);
  const rows = (columns: Partial<typeof terminal>) => {
    const form = formats.table({ ...terminal, ...columns, paths, top: 2 });
    return `${form.head}${paths.map((path) => form.row(answer(path, 2))).join('\n')}`.split('\n');
  };
  assert.deepEqual(rows({}), [
    `Images in ${'/folder'.repeat(9)}/`,
    'image     prediction',
    `────────  ${'─'.repeat(32)}`,
    'a/1.jpg   帽子 50.0 %, 3 25.0 %',
    'ab/2.jpg  帽子 50.0 %, 3 25.0 %',
  ]);
  assert.match(rows({ room: 22 }).at(-1) ?? '', /^ab\/2\.jpg {2}帽子 50\.0 %$/);
  assert.match(rows({ room: 22, isTopGiven: true }).at(-1) ?? '', /3 25\.0 %$/);
  assert.equal(rows({ room: Infinity })[2], `${paths[0]}   帽子 50.0 %, 3 25.0 %`);
});

test('when a name has control characters, then a table shows their codes', () => {
  const path = 'a\x1b[31m\n.jpg';
  const strange = headOf(['x\t']);
  const form = formats.table({ ...terminal, heads: [strange], paths: [path], top: 1 });
  assert.equal(
    form.row({ path, head: strange, top: [0], probabilities: [1] }),
    'a\\x1b[31m\\x0a.jpg  x\\x09 100.0 %',
  );
});

test('when a network has several heads, then each has a row, and one of any number of labels all that reach the threshold', () => {
  const heads = headsFor([
    { task: 'size', classes: ['S', 'M', 'L'] },
    { task: 'has', classes: ['hat', 'bag', 'belt'], labels: 'any' },
  ]) as [Head, Head];
  const rows = (format: keyof typeof formats, top: number | undefined, threshold = 0.5) => {
    const form = formats[format]({ ...terminal, heads, threshold, paths: ['a.jpg'], top });
    const answers = [
      [0.2, 0.7, 0.1],
      [0.6, 0.1, 0.9],
    ].map((values, place) => ({
      path: 'a.jpg',
      head: heads[place] as Head,
      top: topClasses(values, top ?? 1),
      probabilities: values,
    }));
    return `${form.head}${answers.map(form.row).join(form.between)}${form.foot}`;
  };
  assert.deepEqual(parse(rows('csv', undefined)), [
    ['path', 'task', 'prediction', 'probability', 'reason'],
    ['a.jpg', 'size', 'M', '0.700000', ''],
    ['a.jpg', 'has', 'belt|hat', '0.900000', ''],
  ]);
  const [size, has] = JSON.parse(rows('json', undefined, 0.95));
  assert.deepEqual([size.task, size.prediction, size.probability], ['size', 'M', 0.7]);
  assert.deepEqual(has, {
    path: 'a.jpg',
    task: 'has',
    predictions: [],
    probabilities: { hat: 0.6, bag: 0.1, belt: 0.9 },
  });
  assert.match(
    rows('table', 1),
    /a\.jpg {2}size: M 70\.0 %\na\.jpg {2}has: belt 90\.0 %, hat 60\.0 %\n/,
  );
  assert.match(rows('table', 1, 0.95), /has: none\n/);
});
