/** Suspected labels: compared with cleanlab's, and tables of predictions that are refused. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Manifest } from '../../src/dataset/index.js';
import { findSuspects, saveSuspects } from '../../src/evaluation/index.js';
import { doubtsOf, thresholdsOf } from '../../src/evaluation/suspects/confident.js';
import { temporaryFolder } from '../support/folders.js';

const golden: {
  labels: number[];
  probabilities: number[][];
  thresholds: number[];
  suspects: number[];
  suggestions: number[];
  scores: number[];
} = JSON.parse(readFileSync(new URL('../fixtures/metrics/suspects.json', import.meta.url), 'utf8'));

test('when labels are in doubt, then the images, their scores and their order are those of cleanlab', () => {
  const images = golden.labels.map((label, index) => ({
    label,
    row: Float64Array.from(golden.probabilities[index] as number[]),
  }));
  const thresholds = thresholdsOf(images, 6);
  // cleanlab has 2 for a class without images.
  assert.ok(Number.isNaN(thresholds[5]) && golden.thresholds[5] === 2);
  for (const [index, threshold] of thresholds.subarray(0, 5).entries()) {
    assert.ok(Math.abs(threshold - (golden.thresholds[index] as number)) < 1e-12);
  }
  const doubts = doubtsOf(images, 6);
  const byPlace = [...doubts].sort((a, b) => a.index - b.index);
  assert.deepEqual(
    byPlace.map(({ index }) => index),
    golden.suspects,
  );
  assert.deepEqual(
    byPlace.map(({ suggestion }) => suggestion),
    golden.suggestions,
  );
  for (const { index, score } of doubts) {
    assert.ok(Math.abs(score - (golden.scores[index] as number)) < 1e-12);
  }
  const scores = doubts.map(({ score }) => score);
  assert.deepEqual(
    scores,
    [...scores].sort((a, b) => a - b),
  );
});

const folder = temporaryFolder();
const tasks: Manifest['tasks'] = [
  { name: 'one', classes: ['a', 'b,"c"'] },
  { name: 'two', classes: ['x', 'y'] },
];
const shard = { path: 'shard.tar', split: 'train', maybe: [], hash: '' } as const;
const manifest: Manifest = {
  ...{ version: 1, root: '/photos', seed: 1, tasks, questions: [] },
  samples: [0, 1, 2, 3].flatMap((index) =>
    tasks.map(({ name }) => ({
      ...{ ...shard, maybe: [], task: name, label: index % 2 },
      range: { offset: 512 * index, length: 9 },
    })),
  ),
};

const headerOf = (first: string, second: string) =>
  `path,offset,task,fold,label,p_${first},p_${second}`;
/** Of task `one`, whose last image is labelled wrongly. */
const sound = [
  headerOf('a', '"b,""c"""').replace('p_"', '"p_'),
  'shard.tar,0,one,0,a,0.9,0.1',
  'shard.tar,512,one,1,"b,""c""",0.2,0.8',
  'shard.tar,1024,one,0,a,0.7,3e-1',
  'shard.tar,1536,one,1,"b,""c""",0.95,0.05',
];
const other = [
  headerOf('x', 'y'),
  ...[0, 1, 2, 3].map((i) => `shard.tar,${512 * i},two,,${i % 2 ? 'y,0.1,0.9' : 'x,0.9,0.1'}`),
];

async function suspectsIn(...tables: string[][]) {
  const predictions = tables.map((_, index) => path.join(folder, `${index}.csv`));
  for (const [index, lines] of tables.entries()) {
    await writeFile(predictions[index] as string, `${lines.join('\n')}\n`);
  }
  return findSuspects({ manifest, predictions });
}

test('when files have parts of several tasks, then each task has its suspects, and the table of them can be read', async () => {
  const [header, ...lines] = sound as [string, ...string[]];
  const parts = [[header, ...lines.slice(2)], other, [header, ...lines.slice(0, 2)]];
  const [one, two, ...none] = await suspectsIn(...parts);
  assert.ok(one && two && none.length === 0);
  assert.deepEqual([one.task, one.images, two.task, two.images], ['one', 4, 'two', 4]);
  assert.deepEqual(two.suspects, []);
  assert.deepEqual(one.suspects, [
    {
      ...{ path: 'shard.tar', file: '/photos/shard.tar', range: { offset: 1536, length: 9 } },
      ...{ label: 'b,"c"', suggestion: 'a', probability: 0.95, score: (0.05 - 0.95 + 1) / 2 },
    },
  ]);
  await saveSuspects(one, path.join(folder, 'one'));
  assert.equal(
    await readFile(path.join(folder, 'one', 'suspects.csv'), 'utf8'),
    'path,offset,task,label,suggestion,score\nshard.tar,1536,one,"b,""c""",a,0.050000\n',
  );
});

const replaced = (line: number, from: string | RegExp, to: string) =>
  sound.map((text, index) => (index === line ? text.replace(from, to) : text));

const refused: [what: string, tables: string[][], message: RegExp][] = [
  ['nothing', [['']], /Missing predictions for .*0\.csv/],
  ['only a header', [sound.slice(0, 1)], /Missing predictions for .*0\.csv/],
  [
    'another table',
    [['path,label', 'a.jpg,x']],
    /columns path, offset, .* for .*0\.csv:1:1 .*received "path,label"/,
  ],
  [
    'lists of labels',
    [replaced(0, 'label', 'labels')],
    /Expected a column label for .*0\.csv:1:23/,
  ],
  ['no classes', [['path,offset,task,fold,label', 'a,,one,,x']], /and p_NAME for each class/],
  [
    'a column of another name',
    [replaced(0, 'p_a', 'q_a')],
    /Expected p_NAME for .*0\.csv:1:29 .*"q_a"/,
  ],
  ['a class twice', [[headerOf('a', 'a'), 'x,,one,,a,1,0']], /1:33: column p_a was given twice/],
  ['a short line', [replaced(2, ',0.8', '')], /7 fields, .* for .*0\.csv:3:1 but received 6/],
  ['no path', [replaced(1, 'shard.tar', '')], /Missing a path for .*0\.csv:2:1/],
  ['no task', [replaced(1, 'one', '')], /Missing a task for .*0\.csv:2:13/],
  ['an unknown label', [replaced(1, ',a,', ',z,')], /one of a, b,"c" for .*0\.csv:2:19 .*"z"/],
  ['an offset that is no number', [replaced(1, ',0,', ',-1,')], /whole number from 0 for .*2:11/],
  ['a fold that is no number', [replaced(1, 'one,0', 'one,1.5')], /whole number .*2:17 .*"1\.5"/],
  ['a probability that is none', [replaced(1, '0.9', 'NaN')], /probability .*2:21 .*"NaN"/],
  ['a probability above 1', [replaced(1, '0.9', '1.9')], /probability from 0 to 1 .*"1\.9"/],
  ['an empty probability', [replaced(1, '0.9', '')], /probability from 0 to 1 .*""/],
  ['a sum that is not 1', [replaced(1, '0.9', '0.5')], /sum is 1 for .*2:21 but received 0\.6/],
  [
    'an image twice',
    [sound, sound.slice(0, 2)],
    /1\.csv:2:1: shard\.tar of task one was given twice/,
  ],
  [
    'other classes',
    [sound, [headerOf('x', 'y'), 'a,,one,,x,1,0']],
    /same classes of task one .*1\.csv/,
  ],
  [
    'classes of other data',
    [[headerOf('x', 'y'), 'a,,one,,x,1,0']],
    /classes a, b,"c" for the pred/,
  ],
  [
    'an unknown task',
    [replaced(1, 'one', '../x')],
    /Expected one of one, two for task .*"\.\.\/x"/,
  ],
  ['an unknown image', [replaced(1, ',0,', ',7,')], /an image of task one in the data set/],
  ['an older label', [replaced(1, ',a,0.9,0.1', ',"b,""c""",0.9,0.1')], /the label a, as the data/],
  ['no UTF-8', [replaced(1, 'shard', '\ufffd')], /Expected UTF-8 text for .*0\.csv:2:1/],
  ['an open quote', [replaced(1, 'shard', '"shard')], /0\.csv:\d+.*Quote/],
];

for (const [what, tables, message] of refused) {
  test(`when predictions have ${what}, then one error says where`, async () => {
    assert.ok(!isDeepStrictEqual(tables, [sound]));
    await assert.rejects(suspectsIn(...tables), { name: 'InvalidInputError', message });
  });
}
