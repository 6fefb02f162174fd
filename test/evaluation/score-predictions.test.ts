/** Scores from files of predictions: labels are joined by path and task, and temperatures are fitted out of fold. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { calibrationText, scoredTaskText, scoredText } from '../../src/cli/tables/scored-text.js';
import { scoreTable } from '../../src/cli/tables/scores.js';
import { meansOf, type OnResampled, score } from '../../src/evaluation/index.js';
import {
  InvalidInputError,
  type LabelsTaskScores,
  labelsScoresOf,
  type Manifest,
  type Sample,
  saveScores,
  scorePredictions,
  scoresOf,
  type TaskScores,
} from '../../src/index.js';
import { displayWidth } from '../../src/width.js';
import { temporaryFolder } from '../support/folders.js';
import { below, randomOf } from '../support/random.js';

const folder = temporaryFolder();
const classes = ['short', 'x|y', 'long'];

interface Row {
  path: string;
  label: number;
  maybe: number[];
  fold: number;
  row: number[];
}

/** Logits that are three times as great as they should be: the best temperature is about 3. */
function rowsOf(images: number, seed: number): Row[] {
  const random = randomOf(seed);
  return Array.from({ length: images }, (_, index) => {
    const logits = classes.map(() => 3 * random());
    const shares = softmax(logits);
    const draw = random();
    const label =
      draw < (shares[0] as number)
        ? 0
        : draw < (shares[0] as number) + (shares[1] as number)
          ? 1
          : 2;
    const row = softmax(logits.map((logit) => 3 * logit)).map(Math.fround);
    const maybe = below(random, 3) === 0 ? [(label + 1) % 3] : [];
    return { path: `${index}.jpg`, label, maybe, fold: index % 3, row };
  });
}

function softmax(logits: readonly number[]): number[] {
  const powers = logits.map(Math.exp);
  const sum = powers.reduce((total, power) => total + power);
  return powers.map((power) => power / sum);
}

const rows = { length: rowsOf(300, 1), collar: rowsOf(90, 2) };
const header = `path,offset,task,fold,label,maybe,${classes.map((name) => `p_${name}`).join()}`;
const names = (numbers: readonly number[]) => numbers.map((each) => classes[each]).join('|');
const linesOf = (task: string, given: readonly Row[]) =>
  given.map(({ path: name, label, maybe, fold, row }) =>
    [name, '', task, fold, classes[label], names(maybe), ...row].join(),
  );

async function write(name: string, lines: readonly string[]): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

const both = await write('both.csv', [
  header,
  ...linesOf('length', rows.length),
  ...linesOf('collar', rows.collar),
]);
const length = await write('length.csv', [header, ...linesOf('length', rows.length)]);
const small = { resamples: 20 };

const scored = await scorePredictions({ predictions: [both], ...small });

test('when predictions of two tasks are scored, then scores are those of their columns, and means weigh the tasks alike', () => {
  assert.deepEqual(
    scored.tasks.map(({ task }) => task),
    ['length', 'collar'],
  );
  for (const found of scored.tasks) {
    const given = rows[found.task as keyof typeof rows];
    const wanted = scoresOf({
      probabilities: given.map(({ row }) => row),
      labels: given.map(({ label }) => label),
      maybe: given.map(({ maybe }) => maybe),
      ...{ classes, task: found.task, ...small },
    });
    assert.deepEqual(found, wanted);
  }
  const [one, other] = scored.tasks as [TaskScores, TaskScores];
  const { mean } = scored;
  assert.equal(
    mean?.averagePrecision,
    ((one.averagePrecision as number) + (other.averagePrecision as number)) / 2,
  );
  const [low, high] = mean?.intervals.accuracy ?? [];
  // Two tasks that are drawn by themselves: their errors add up like squares, not like lengths.
  const widths = [one, other].map(
    ({ intervals: { accuracy = [0, 0] } }) => accuracy[1] - accuracy[0],
  );
  const width = (high as number) - (low as number);
  assert.ok(width < (Math.max(...widths) + Math.min(...widths)) / 2);
});

test('when tasks are scored one after the other, then their means have the intervals of score, and a row in its table', async () => {
  const resampled: Parameters<OnResampled>[0][] = [];
  const evaluations = Object.entries(rows).map(([name, given]) => {
    const samples = given.map(
      ({ path: image, label, maybe }): Sample => ({
        ...{ path: image, task: name, label, maybe, split: 'validation', hash: '' },
      }),
    );
    const task = { name, classes };
    return score({
      manifest: { version: 1, root: '/photos', seed: 1, tasks: [task], samples, questions: [] },
      ...{ task, split: 'validation', samples, failures: [] },
      probabilities: Float32Array.from(given.flatMap(({ row }) => row)),
      onResampled: (each) => resampled.push(each),
    });
  });
  const { mean } = meansOf(resampled);
  assert.deepEqual(mean, (await scorePredictions({ predictions: [both] })).mean);
  const table = scoreTable(evaluations, { mean });
  assert.match(table, /^95 % intervals +basic precision +AP +log loss +ECE$/m);
  const percents = /\d+\.\d % … \d+\.\d %/.source;
  const row = `^mean \\(of AP: mAP\\) +${percents} +0\\.\\d{3} … 0\\.\\d{3} +\\d\\.\\d{3} +0\\.\\d{3}$`;
  assert.match(table, new RegExp(row, 'm'));
});

const manifest: Manifest = {
  ...{ version: 1, root: '/photos', seed: 1, questions: [] },
  tasks: [{ name: 'length', classes }],
  samples: [...rows.length].reverse().map(({ path: name, label, maybe }) => ({
    ...{ path: name, task: 'length', label, maybe, split: 'validation', hash: '' },
  })),
};

test('when labels come in another order from another source, then the scores are the same', async () => {
  const none = rows.length.map((row) => ({ ...row, label: -1, maybe: [] }));
  const bare = await write('bare.csv', [header, ...linesOf('length', none)]);
  const back = [...rows.length].reverse();
  const marks = ({ label, maybe }: Row) =>
    classes.map((_, index) => (index === label ? 'y' : maybe.includes(index) ? 'm' : 'n')).join('');
  const sources = {
    table: { labels: await write('table.csv', [header, ...linesOf('length', back)]) },
    columns: {
      labels: await write('columns.csv', [
        'maybe,label,other,path',
        ...back.map(({ path: name, label, maybe }) => `${names(maybe)},${classes[label]},,${name}`),
      ]),
    },
    fashionAi: {
      labels: await write(
        'label.csv',
        back.map((row) => `${row.path},length,${marks(row)}`),
      ),
    },
    manifest: { manifest },
  };
  for (const [name, labels] of Object.entries(sources)) {
    const found = await scorePredictions({ predictions: [bare], ...labels, ...small });
    assert.deepEqual(found.tasks[0], scored.tasks[0], name);
  }
  // One label of the table replaces that of the predictions.
  const [first] = rows.length as [Row];
  const other = classes[(first.label + 1) % 3];
  const one = await write('one.csv', ['path,task,label', `${first.path},length,${other}`]);
  const { tasks } = await scorePredictions({ predictions: [length], labels: one, ...small });
  assert.notEqual(tasks[0]?.logLoss, scored.tasks[0]?.logLoss);
});

test('when temperatures are fitted, then each fold has that of the others, and no label changes its own', async () => {
  const fit = async (name: string, given: readonly Row[]) => {
    const file = await write(name, [header, ...linesOf('length', given)]);
    const { tasks } = await scorePredictions({ predictions: [file], calibrate: true, ...small });
    return tasks[0] as TaskScores;
  };
  const before = await fit('length.csv', rows.length);
  const { temperatures, ...after } = before.calibrated as NonNullable<typeof before.calibrated>;
  assert.deepEqual(
    temperatures.outOfFold.map(({ fold, images }) => [fold, images]),
    [
      [0, 100],
      [1, 100],
      [2, 100],
    ],
  );
  assert.ok(temperatures.all > 2 && temperatures.all < 4.5, `${temperatures.all}`);
  assert.ok(after.logLoss < before.logLoss && after.accuracy === before.accuracy);
  assert.ok(after.expectedCalibrationError < before.expectedCalibrationError);
  const changed = await fit(
    'changed.csv',
    rows.length.map((row) => (row.fold === 1 ? { ...row, label: (row.label + 1) % 3 } : row)),
  );
  const pairs = temperatures.outOfFold.map(({ temperature }, index) => [
    temperature,
    changed.calibrated?.temperatures.outOfFold[index]?.temperature,
  ]);
  assert.deepEqual(
    pairs.map(([one, other]) => one === other),
    [false, true, false],
  );
  const file = await write('no-folds.csv', [
    header,
    ...linesOf('length', rows.length).map((line) => line.replace(/,length,\d,/, ',length,,')),
  ]);
  const drawn = await scorePredictions({ predictions: [file], calibrate: true, ...small });
  const parts = drawn.tasks[0]?.calibrated?.temperatures;
  assert.deepEqual([parts?.folds, parts?.outOfFold.length], ['drawn', 5]);
});

test('when an image has no fold, then neither thresholds nor temperatures use the folds of the others', async () => {
  const scoresIn = async (folds: readonly unknown[]) => {
    const lines = ['a', 'b', 'a|b', '', 'a', 'b'].map((labels, index) =>
      [`${index}.jpg`, '', 'tags', folds[index], labels, 0.9 - index / 10, 0.2].join(),
    );
    const file = await write('some.csv', ['path,offset,task,fold,labels,p_a,p_b', ...lines]);
    const { tasks } = await scorePredictions({ predictions: [file], calibrate: true, ...small });
    return tasks[0] as LabelsTaskScores;
  };
  const scores = await scoresIn(['', 0, 1, 0, 1, 0]);
  assert.deepEqual(scores, await scoresIn(new Array(6).fill('')));
  assert.equal(scores.calibrated?.temperatures.folds, 'drawn');
});

test('when scores are saved, then JSON has all of them, and a line of CSV each class', async () => {
  const out = path.join(folder, 'out');
  await saveScores(scored, out);
  const saved = JSON.parse(await readFile(path.join(out, 'scores.json'), 'utf8'));
  assert.deepEqual(saved, JSON.parse(JSON.stringify(scored)));
  const [first, ...lines] = (await readFile(path.join(out, 'score-classes.csv'), 'utf8'))
    .trim()
    .split('\n');
  assert.match(first as string, /^task,class,images,predicted,right,precision,precision_low,/);
  assert.equal(lines.length, 2 * classes.length);
});

test('when tasks of any number of labels are scored, then labels may come from a table, an empty field is no label, and means weigh the tasks alike', async () => {
  const lines = (task: string, given: readonly string[]) =>
    given.map((labels, index) =>
      [`${index}.jpg`, '', task, index % 2, labels, 0.9 - index / 10, 0.2 + index / 10].join(),
    );
  const truth = ['a', 'b', 'a|b', '', 'a'];
  const tags = await write('tags.csv', [
    'path,offset,task,fold,labels,p_a,p_b',
    ...lines('tags', truth),
    ...lines('more', ['', 'a', 'b', 'b', 'a|b']),
  ]);
  const { tasks, mean, labelsMean } = await scorePredictions({ predictions: [tags], ...small });
  const wanted = labelsScoresOf({
    probabilities: truth.map((_, index) => [0.9 - index / 10, 0.2 + index / 10].map(Number)),
    labels: [[0], [1], [0, 1], [], [0]],
    folds: [0, 1, 0, 1, 0],
    ...{ classes: ['a', 'b'], task: 'tags', ...small },
  });
  assert.deepEqual(tasks[0], wanted);
  assert.equal(mean, undefined);
  for (const name of ['meanAveragePrecision', 'microF1', 'logLoss'] as const) {
    const [one, other] = (tasks as LabelsTaskScores[]).map((task) => task[name] as number);
    assert.equal(labelsMean?.[name], ((one as number) + (other as number)) / 2);
  }
  assert.equal(labelsMean?.intervals.microF1?.length, 2);
  // Tasks of both kinds have no common mean.
  const mixed = await scorePredictions({ predictions: [tags, length], threshold: 0.4, ...small });
  assert.deepEqual([mixed.tasks.length, mixed.mean], [3, undefined]);
  const labels = await write('tags-labels.csv', [
    'path,task,labels',
    ...truth.map((each, index) => `${index}.jpg,,${each}`),
  ]);
  const joined = await scorePredictions({ predictions: [tags], labels, ...small });
  assert.deepEqual(joined.tasks[0], wanted);
  assert.notDeepEqual(joined.tasks[1], tasks[1]);
  const calibrated = await scorePredictions({ predictions: [tags], calibrate: true, ...small });
  assert.ok((calibrated.tasks[0]?.calibrated?.logLoss ?? 9) < 1);
  for (const text of [
    scoredText(mixed),
    ...calibrated.tasks.map(scoredTaskText),
    calibrationText(calibrated.tasks),
  ]) {
    const widest = Math.max(...text.split('\n').map(displayWidth));
    assert.ok(widest <= 80, text);
  }
  assert.match(
    scoredText(mixed),
    /^tags +score +95 % interval\n─.*\nmAP +\d\.\d{4} +\d\.\d{4} … /m,
  );
  await saveScores(mixed, path.join(folder, 'mixed'));
  const csv = await readFile(path.join(folder, 'mixed/score-classes.csv'), 'utf8');
  assert.match(csv, /average_precision_high,threshold\ntags,a,.*,0\.400000\n/);
});

const refused: [what: string, request: () => Promise<object>, message: RegExp][] = [
  ['no file', async () => ({ predictions: [] }), /Missing one file or more for predictions/],
  [
    'an image without a label',
    async () => ({ predictions: [await write('a.csv', [header, 'a.jpg,,length,,,,1,0,0'])] }),
    /Missing a label for a\.jpg of task length for .*a\.csv:2:16.*--labels/,
  ],
  [
    'labels of other images',
    async () => ({ labels: await write('b.csv', ['z.jpg,length,nyn']) }),
    /Expected the path of an image that task length predicted for .*b\.csv but received "z\.jpg"/,
  ],
  [
    'an image twice',
    async () => ({ labels: await write('c.csv', ['0.jpg,length,nyn', '0.jpg,length,ynn']) }),
    /c\.csv:2:.*0\.jpg of task length was given twice/,
  ],
  [
    'an unknown class',
    async () => ({ labels: await write('d.csv', ['path,label', '0.jpg,tall']) }),
    /Expected one of short, x\|y, long for .*d\.csv:2:7 but received "tall"/,
  ],
  [
    'marks of another task',
    async () => ({ labels: await write('e.csv', ['0.jpg,length,nyn', '1.jpg,length,nynn']) }),
    /Expected 3 letters with one y for .*e\.csv:2:14 but received "nynn"/,
  ],
  [
    'two classes',
    async () => ({ labels: await write('f.csv', ['0.jpg,length,yyn']) }),
    /path,task,nnynn with one y/,
  ],
  [
    'another table',
    async () => ({ labels: await write('g.csv', ['a,b', '1,2']) }),
    /Expected a header with the columns path, task and label/,
  ],
  [
    'two sources',
    async () => ({ labels: length, manifest }),
    /labels cannot be combined with a data set/,
  ],
  [
    'a threshold for one label an image',
    async () => ({ threshold: 0.5 }),
    /Expected a task of any number of labels for threshold but received "tasks of one label: length"/,
  ],
];

for (const [what, request, message] of refused) {
  test(`when predictions are scored with ${what}, then the error says so`, async () => {
    await assert.rejects(
      async () => scorePredictions({ predictions: [length], ...small, ...(await request()) }),
      (error: Error) => error instanceof InvalidInputError && message.test(error.message),
    );
  });
}
