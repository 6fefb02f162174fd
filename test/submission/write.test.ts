/** A submission is written: the rows, their order and bytes, the zip, and answers that do not fit the questions. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { Prediction } from '../../src/prediction/index.js';
import {
  answerQuestions,
  classShares,
  verifySubmission,
  writeSubmission,
} from '../../src/submission/index.js';
import { setVariable } from '../support/process/variable.js';
import {
  answers,
  lines,
  manifest,
  prediction,
  questions,
  root,
  tasks,
  workplace,
} from '../support/submission.js';

test('when predictions are written then rows are in the order of the questions with eight decimals, also in the zip', async (t) => {
  const { folder, questionCsv } = await workplace(t);
  const out = path.join(folder, 'out');
  const written = await writeSubmission({ manifest, answers, out });
  assert.equal(await readFile(written.csv, 'utf8'), `${lines.join('\n')}\n`);
  assert.deepEqual((await readdir(out)).sort(), ['submission.csv', 'submission.zip']);
  for (const file of [written.csv, written.zip]) {
    assert.deepEqual(await verifySubmission(file, [questionCsv], tasks), {
      rows: 3,
      problems: [],
      more: 0,
    });
  }
});

test('when another program unzips the archive then it finds the table', async (t) => {
  const { folder } = await workplace(t);
  const { zip } = await writeSubmission({ manifest, answers, out: folder });
  const script =
    'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(z.namelist(), z.read("submission.csv").decode(), sep="\\n", end="")';
  const { stdout } = await promisify(execFile)('python3', ['-c', script, zip]);
  assert.equal(stdout, `['submission.csv']\n${lines.join('\n')}\n`);
});

test('when the same predictions are written in another time zone then the bytes are the same', async (t) => {
  const { folder } = await workplace(t);
  setVariable(t, 'TZ', 'UTC');
  const bytes: Buffer[] = [];
  for (const one of ['Asia/Shanghai', 'America/New_York']) {
    process.env.TZ = one;
    const { zip } = await writeSubmission({ manifest, answers, out: folder });
    bytes.push(await readFile(zip));
  }
  assert.deepEqual(bytes[0], bytes[1]);
});

const coat = (...row: number[]) => prediction({ 'rank/Images/c/1.jpg': row });
const twice = prediction({ 'rank/Images/n/1.jpg': [1, 0], 'rank/Images/n/2.jpg': [0, 1] });
twice.files[1] = twice.files[0] as string;

const unwritable: [what: string, task: string, answer: Prediction, message: RegExp][] = [
  [
    'lack an image',
    'neck_design_labels',
    prediction({ 'rank/Images/n/1.jpg': [1, 0], 'rank/Images/n/3.jpg': [0, 1] }),
    /^InvalidInputError: Missing an answer for Images\/n\/2\.jpg of neck_design_labels$/,
  ],
  [
    'have an image twice',
    'neck_design_labels',
    twice,
    /The answer to .*\/rank\/Images\/n\/1\.jpg of neck_design_labels was given twice\. Give it once/,
  ],
  [
    'have too many classes',
    'coat_length_labels',
    coat(1, 0, 0, 0),
    /Images\/c\/1\.jpg of coat.*expected 3 probabilities but received 4/,
  ],
  [
    'hold NaN',
    'coat_length_labels',
    coat(1, Number.NaN, 0),
    /from 0 to 1 for class 1 but received NaN/,
  ],
  ['sum to less than one', 'coat_length_labels', coat(0.1, 0.2, 0.3), /sum to 0\.600000/],
  ['are negative', 'coat_length_labels', coat(1, -0.5, 0.5), /for class 1 but received -0\.5/],
];

for (const [what, task, answer, message] of unwritable) {
  test(`when answers ${what} then nothing is written`, async (t) => {
    const { folder } = await workplace(t);
    const faulty = new Map([...answers, [task, answer]]);
    const out = path.join(folder, 'out');
    await assert.rejects(writeSubmission({ manifest, answers: faulty, out }), message);
    await assert.rejects(readdir(out), { code: 'ENOENT' });
  });
}

test('when a task has no answers then the first of its questions is named', async (t) => {
  const { folder } = await workplace(t);
  const some = new Map([...answers].filter(([task]) => task !== 'coat_length_labels'));
  await assert.rejects(
    writeSubmission({ manifest, answers: some, out: folder }),
    /Missing an answer for Images\/c\/1\.jpg of coat_length_labels/,
  );
});

test('when predictions come in another order then each question still gets the row of its image', async (t) => {
  const { folder } = await workplace(t);
  const reversed = prediction({
    'rank/Images/n/2.jpg': [0.25, 0.75],
    'rank/Images/n/1.jpg': [1, 0],
  });
  const shuffled = new Map([...answers, ['neck_design_labels', reversed]]);
  const { csv } = await writeSubmission({ manifest, answers: shuffled, out: folder });
  assert.equal(await readFile(csv, 'utf8'), `${lines.join('\n')}\n`);
});

test('when images have any number of labels, then each of them has its share', () => {
  const task = { ...tasks[0], classes: ['a', 'b', 'c'], labels: 'any' as const };
  const samples = [[0, 2], [], [2], [0, 1, 2]].map((labels) => {
    const image = { path: 'a.jpg', task: task.name, label: -1, labels, maybe: [], hash: '' };
    return { ...image, split: 'train' as const };
  });
  const shares = classShares({ ...manifest, tasks: [task], samples }, task);
  assert.deepEqual(shares, [1 / 2, 1 / 4, 3 / 4]);
});

test('when two questions name one image then it is predicted once and answers both', async (t) => {
  const { folder } = await workplace(t);
  const [question] = questions as [(typeof questions)[number]];
  const again = { ...question, path: './Images/n/1.jpg' };
  const labelled = tasks.map(({ name }) => {
    return { path: 'a.jpg', task: name, label: 1, maybe: [], split: 'train' as const, hash: '' };
  });
  const doubled = { ...manifest, samples: labelled, questions: [question, again] };
  const { csv, answers: given } = await answerQuestions({
    manifest: doubled,
    out: folder,
    answer: async ({ classes }, { files, fallback }) => {
      const probabilities = Float32Array.from(files.flatMap(() => Array.from(fallback)));
      return { files: files.map(String), classes, probabilities, failures: [] };
    },
  });
  assert.deepEqual(given.get(question.task)?.files, [path.join(root, question.file)]);
  const row = 'neck_design_labels,0.00000000;1.00000000';
  assert.equal(await readFile(csv, 'utf8'), `Images/n/1.jpg,${row}\n./Images/n/1.jpg,${row}\n`);
});
