/** A submission is written, read back and compared with question.csv; every kind of error is found on its line. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { ZipFile } from 'yazl';
import type { Manifest } from '../../src/dataset/index.js';
import type { Prediction } from '../../src/prediction/index.js';
import { answerQuestions, verifySubmission, writeSubmission } from '../../src/submission/index.js';
import { temporaryFolder } from '../support/folders.js';

const tasks = [
  { name: 'coat_length_labels', classes: ['a', 'b', 'c'] },
  { name: 'neck_design_labels', classes: ['a', 'b'] },
];
const questions = [
  { path: 'Images/n/1.jpg', task: 'neck_design_labels', file: 'rank/Images/n/1.jpg' },
  { path: 'Images/c/1.jpg', task: 'coat_length_labels', file: 'rank/Images/c/1.jpg' },
  { path: 'Images/n/2.jpg', task: 'neck_design_labels', file: 'rank/Images/n/2.jpg' },
];
const root = path.resolve('/source');
const manifest: Manifest = { version: 1, root, seed: 1, tasks, samples: [], questions };

/** A prediction of images by their names below the root; each row has one probability a class. */
function prediction(images: Record<string, number[]>): Prediction {
  const files = Object.keys(images).map((name) => path.join(root, name));
  const rows = Object.values(images);
  const classes = (rows[0] ?? []).map((_, label) => `${label}`);
  return { files, classes, probabilities: Float32Array.from(rows.flat()), failures: [] };
}

const answers = new Map([
  ['coat_length_labels', prediction({ 'rank/Images/c/1.jpg': [0.1, 0.2, 0.7] })],
  [
    'neck_design_labels',
    prediction({ 'rank/Images/n/1.jpg': [1, 0], 'rank/Images/n/2.jpg': [0.25, 0.75] }),
  ],
]);
const lines = [
  'Images/n/1.jpg,neck_design_labels,1.00000000;0.00000000',
  'Images/c/1.jpg,coat_length_labels,0.10000000;0.20000000;0.69999999',
  'Images/n/2.jpg,neck_design_labels,0.25000000;0.75000000',
];

async function workplace(t: TestContext): Promise<{ folder: string; questionCsv: string }> {
  const folder = temporaryFolder(t);
  const questionCsv = path.join(folder, 'question.csv');
  const text = questions.map(({ path: asked, task }) => `${asked},${task},?\n`).join('');
  await writeFile(questionCsv, text);
  return { folder, questionCsv };
}

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
  const zone = process.env.TZ;
  t.after(() => {
    if (zone === undefined) {
      delete process.env.TZ;
    } else {
      process.env.TZ = zone;
    }
  });
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
    /Expected one answer for Images\/n\/2\.jpg of neck_design_labels but received "none"/,
  ],
  [
    'have an image twice',
    'neck_design_labels',
    twice,
    /Expected one answer for .*\/rank\/Images\/n\/1\.jpg of neck_design_labels but received "a second"/,
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
    /Expected one answer for Images\/c\/1\.jpg of coat_length_labels/,
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

const [first, second, third] = lines as [string, string, string];
const faults: [
  what: string,
  table: string[],
  problems: [line: number | undefined, message: RegExp][],
][] = [
  [
    'lacks a row',
    [first, third],
    [
      [
        undefined,
        /no row for Images\/c\/1\.jpg of coat_length_labels, which .*question\.csv:2 asks for/,
      ],
    ],
  ],
  ['repeats a row', [first, second, third, first], [[4, /has a row on line 1 already/]]],
  [
    'has rows out of order',
    [second, first, third],
    [[2, /Images\/n\/1\.jpg .* comes before Images\/c\/1\.jpg/]],
  ],
  [
    'has a row too many',
    [first, second, third, 'x.jpg,neck_design_labels,1.00000000;0.00000000'],
    [[4, /does not ask for x\.jpg/]],
  ],
  [
    'has a wrong task',
    [first, second.replace('coat_length', 'pant_length'), third],
    [
      [2, /does not ask for .* of pant_length_labels/],
      [undefined, /no row for Images\/c\/1\.jpg/],
    ],
  ],
  [
    'has too few values',
    [first, second, 'Images/n/2.jpg,neck_design_labels,1.00000000'],
    [[3, /expected 2 probabilities but received 1/]],
  ],
  [
    'has no number',
    [first, second, 'Images/n/2.jpg,neck_design_labels,nan;1.00000000'],
    [[3, /8 decimals for class 0 but received "nan"/]],
  ],
  [
    'has too few decimals',
    [first, second, 'Images/n/2.jpg,neck_design_labels,0.25;0.75'],
    [[3, /8 decimals for class 0 but received "0\.25"/]],
  ],
  [
    'has a value above one',
    [first, second, 'Images/n/2.jpg,neck_design_labels,1.50000000;0.00000000'],
    [[3, /from 0 to 1 for class 0 but received 1\.5/]],
  ],
  [
    'has a sum far from one',
    [first, second, 'Images/n/2.jpg,neck_design_labels,0.25000000;0.25000000'],
    [[3, /sum to 0\.500000/]],
  ],
  ['has a header', ['path,task,probabilities', ...lines], [[1, /does not ask for path of task/]]],
  ['has a blank line', [first, '', second, third], [[3, /without blank lines/]]],
  [
    'has a row of other form',
    [first, second, third.replaceAll(';', ',')],
    [
      [3, /received 4 fields/],
      [undefined, /no row for Images\/n\/2\.jpg/],
    ],
  ],
  [
    'has an open quote',
    [first, second, `"${third}`],
    [[undefined, /submission\.csv:3.*Quote Not Closed/]],
  ],
];

for (const [what, table, wanted] of faults) {
  test(`when a table ${what} then verify says where`, async (t) => {
    const { folder, questionCsv } = await workplace(t);
    const file = path.join(folder, 'other.csv');
    await writeFile(file, `${table.join('\n')}\n`);
    const { problems } = await verifySubmission(file, [questionCsv], tasks);
    assert.deepEqual(
      problems.map(({ line }) => line),
      wanted.map(([line]) => line),
      JSON.stringify(problems),
    );
    for (const [index, [, message]] of wanted.entries()) {
      assert.match(problems[index]?.message ?? '', message);
    }
  });
}

test('when there are thousands of problems then the list is short and the rest is counted', async (t) => {
  const { folder } = await workplace(t);
  const questionCsv = path.join(folder, 'long.csv');
  const asked = Array.from({ length: 1000 }, (_, index) => `${index}.jpg,neck_design_labels`);
  await writeFile(questionCsv, asked.map((row) => `${row},?\n`).join(''));
  const file = path.join(folder, 'wrong.csv');
  await writeFile(file, asked.map((row) => `${row},0.00000000;0.00000000\n`).join(''));
  const { rows, problems, more } = await verifySubmission(file, [questionCsv], tasks);
  assert.deepEqual([rows, problems.length, more], [1000, 50, 950]);
});

async function archive(folder: string, entries: Record<string, Buffer>): Promise<string> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(entries)) {
    zip.addBuffer(content, name);
  }
  zip.end();
  const file = path.join(folder, 'archive.zip');
  await writeFile(file, await buffer(zip.outputStream));
  return file;
}

test('when an archive is a zip bomb, or has a false size, then it is not unpacked', async (t) => {
  const { folder, questionCsv } = await workplace(t);
  const bomb = await archive(folder, { 'submission.csv': Buffer.alloc(64 * 1024 * 1024, 0x30) });
  const honest = await verifySubmission(bomb, [questionCsv], tasks);
  assert.match(
    honest.problems[0]?.message ?? '',
    /at most \d+ bytes for these questions but received 67108864/,
  );

  const bytes = await readFile(bomb);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(64 * 1024 * 1024);
  for (let at = bytes.indexOf(size); at >= 0; at = bytes.indexOf(size, at + 4)) {
    bytes.writeUInt32LE(100, at);
  }
  await writeFile(bomb, bytes);
  const lying = await verifySubmission(bomb, [questionCsv], tasks);
  assert.match(lying.problems[0]?.message ?? '', /too many bytes/);
  assert.equal(lying.rows, 0);
});

test('when a plain table is far larger than its questions allow then it is not read', async (t) => {
  const { folder, questionCsv } = await workplace(t);
  const file = path.join(folder, 'huge.csv');
  await writeFile(file, Buffer.alloc(1024 * 1024, 0x0a));
  const { rows, problems } = await verifySubmission(file, [questionCsv], tasks);
  assert.equal(rows, 0);
  assert.match(problems[0]?.message ?? '', /but received 1048576/);
});

test('when an archive has other content then verify names it', async (t) => {
  const { folder, questionCsv } = await workplace(t);
  const table = Buffer.from(lines.join('\n'));
  const check = async (entries: Record<string, Buffer>) => {
    const { problems } = await verifySubmission(
      await archive(folder, entries),
      [questionCsv],
      tasks,
    );
    return problems[0]?.message ?? '';
  };
  assert.match(
    await check({ 'other.csv': table }),
    /expected submission\.csv in the archive but received "other\.csv"/,
  );
  assert.match(
    await check({ 'submission.csv': table, 'more.csv': table }),
    /alone in the archive but received 2 entries/,
  );
  const cut = path.join(folder, 'cut.zip');
  await writeFile(
    cut,
    (await readFile(await archive(folder, { 'submission.csv': table }))).subarray(0, 60),
  );
  const { problems } = await verifySubmission(cut, [questionCsv], tasks);
  assert.equal(problems.length, 1);
});

test('when the file is absent, or a question has an unknown task, then verify throws', async (t) => {
  const { folder, questionCsv } = await workplace(t);
  await assert.rejects(verifySubmission(path.join(folder, 'none.zip'), [questionCsv], tasks), {
    code: 'ENOENT',
  });
  await assert.rejects(
    verifySubmission(questionCsv, [questionCsv], [tasks[0] as (typeof tasks)[number]]),
    /a known task for .*question\.csv:1 but received "neck_design_labels"/,
  );
});
