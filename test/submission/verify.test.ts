/** A submission is compared with question.csv: every kind of error is found on its line. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { ZipFile } from 'yazl';
import { verifySubmission } from '../../src/submission/index.js';
import { lines, tasks, workplace } from '../support/submission.js';

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
    [[4, /no question asks for x\.jpg/]],
  ],
  [
    'has a wrong task',
    [first, second.replace('coat_length', 'pant_length'), third],
    [
      [2, /no question asks for .* of pant_length_labels/],
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
    [[3, /8 decimals for class 0 \(.+\) but received "nan"/]],
  ],
  [
    'has too few decimals',
    [first, second, 'Images/n/2.jpg,neck_design_labels,0.25;0.75'],
    [[3, /8 decimals for class 0 \(.+\) but received "0\.25"/]],
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
  [
    'has a header',
    ['path,task,probabilities', ...lines],
    [[1, /no question asks for path of task/]],
  ],
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

test('when the archive is damaged, then the message says how to make it again', async (t) => {
  const { folder, questionCsv } = await workplace(t);
  const file = path.join(folder, 'submission.zip');
  await writeFile(file, 'PK and no directory');
  const { problems } = await verifySubmission(file, [questionCsv], tasks);
  assert.match(problems[0]?.message ?? '', /the archive is damaged \(.+\): make it again/);
});
