/** `bobbin predict` with one run that the API trained: folders, formats, exit codes, and what its messages advise. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { createProgram } from '../../src/cli/program.js';
import { chosenRun, runOfTask } from '../../src/cli/runs.js';
import { loadClassifier, saveClassifier } from '../../src/model/index.js';
import { predict } from '../../src/prediction/index.js';
import { train } from '../../src/training/index.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { difference } from '../support/pictures.js';
import { main, runBobbin } from '../support/run-bobbin.js';
import { smallClassifier } from '../support/small-classifier.js';
import { inTerminal } from '../support/terminal.js';

const folder = temporaryFolder();
const at = (...parts: string[]) => path.join(folder, ...parts);
/** As `train({ run })` writes it, and below it as `bobbin train --run` does. */
const run = at('run');
const parent = at('parent');
const photos = at('photos');
const broken = at('photos/ä/broken.jpg');
const absent = at('absent.jpg');

before(async () => {
  const manifest = await drawPhotos(at('data'), { training: 2, validation: 1 });
  const classifier = smallClassifier();
  const options = { epochs: 1, batchSize: 6, warmUp: 0, threads: 1 };
  await train({ manifest, task: 'colour', run, classifier, ...options });
  await cp(run, path.join(parent, 'colour'), { recursive: true });
  for (const place of ['ä', '.hidden']) {
    await mkdir(at('photos', place), { recursive: true });
    await cp(at('data/0-0.jpg'), at('photos', place, 'b.jpg'));
    await cp(at('data/1-0.jpg'), at('photos', place, 'A.jpg'));
  }
  await writeFile(broken, 'no image');
  await writeFile(at('photos/notes.txt'), 'no image either');
});

/** Runs a command that writes to a file in this process, and resolves to its exit code. */
async function exitCodeOf(...words: string[]): Promise<number> {
  const program = await createProgram(words);
  // The test runner keeps the outcome of earlier tests there.
  const kept = process.exitCode;
  process.exitCode = 0;
  try {
    await program.parseAsync(words, { from: 'user' });
    return Number(process.exitCode);
  } finally {
    process.exitCode = kept;
  }
}

/** Runs a command that is refused; resolves to its message. */
async function refusal(...words: string[]): Promise<string> {
  const error = await exitCodeOf(...words).then(
    () => assert.fail(`${words.join(' ')} was not refused`),
    (cause: Error) => cause,
  );
  assert.equal(error.name, 'InvalidInputError', error.stack);
  return error.message;
}

test('when a folder is predicted, then a CSV has a row for each image in order, and an unreadable one ends with exit code 1', async () => {
  const { code, stdout, stderr } = await runBobbin(['predict', '--run', run, photos]);
  assert.equal(code, 1, stderr);
  const rows = parse(stdout) as string[][];
  assert.deepEqual(rows[0], ['path', 'prediction', 'red', 'green', 'blue', 'reason']);
  const names = rows.slice(1).map(([file]) => path.relative(photos, file as string));
  assert.deepEqual(names, ['ä/A.jpg', 'ä/b.jpg', 'ä/broken.jpg']);
  const [, first = [], , last = []] = rows;
  assert.deepEqual(last.slice(1), ['', '', '', '', 'is text, not an image']);
  const shares = first.slice(2, 5).map(Number);
  assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-4);
  assert.equal(shares.indexOf(Math.max(...shares)), rows[0]?.slice(2).indexOf(first[1] as string));
  for (const line of [
    `${photos}: skipped 1 file that is no image by its name; the first is notes.txt.`,
    '1 unreadable image, without a prediction (exit code 1; with --keep-going 0):',
    `  ${broken}: is text, not an image`,
  ]) {
    assert.ok(stderr.split('\n').includes(line), `${stderr} has ${line}`);
  }
});

test('when images have boxes, then their predictions are those of the parts', async () => {
  const [boxed, whole] = [at('data/0-0.jpg'), at('data/1-0.jpg')];
  const [boxes, out] = [at('boxes.csv'), at('boxed.csv')];
  const row = `${boxed},0,0,0.5,1\n`;
  await writeFile(boxes, `path,x0,y0,x1,y1\n${row}${at('data/2-0.jpg')},0,0,1,1\n`);
  const flags = ['--run', run, '--out', out, '--boxes', boxes];
  await exitCodeOf('predict', ...flags, '--box-unit', 'shares', boxed, whole);
  const [, ...rows] = parse(await readFile(out)) as string[][];
  const cut = at('cut.png');
  await sharp(boxed).extract({ left: 0, top: 0, width: 24, height: 48 }).png().toFile(cut);
  using classifier = await loadClassifier(run);
  const { probabilities } = await predict({ classifier, files: [cut, whole, boxed] });
  const found = rows.flatMap((fields) => fields.slice(2, 5).map(Number));
  // A decoder of JPEG clamps colours that the loader does not.
  const apart = difference(found, probabilities.subarray(0, 6)).largest;
  assert.ok(apart < difference(found.slice(0, 3), probabilities.subarray(6)).largest / 3);
  assert.match(await refusal('predict', ...flags, boxed), /more than one pixel.*--box-unit shares/);
  const data = ['--data', at('data'), '--boxes', boxes, '--out', out];
  assert.match(
    await refusal('predict', '--run', run, ...data),
    /--data cannot be combined with --boxes/,
  );
});

test('when rows go to a terminal, then each stays, in a table and without a line of progress', () => {
  const words = ['predict', '--run', run, 'data', '--batch-size', '2'];
  const place = { cwd: folder, env: process.env, question: '', answer: '' };
  const { code, output } = inTerminal([process.execPath, ...main, ...words], place);
  assert.equal(code, 0, output);
  const rows = output.match(/^data\/\d-\d\.jpg {2}(red|green|blue) \d.* %\r$/gm);
  assert.equal(rows?.length, 9, output);
  assert.ok(!output.includes('images/s'));
});

test('when the work is to go on, then unreadable images have a reason, and a file is written whole', async () => {
  const out = at('out/rows.JSON');
  const words = ['--run', parent, '--keep-going', '--top', '2', photos, absent, '--out', out];
  assert.equal(await exitCodeOf('predict', ...words), 0);
  assert.deepEqual(await readdir(at('out')), ['rows.JSON']);
  const [row, , ...others] = JSON.parse(await readFile(out, 'utf8'));
  assert.equal(row.top.length, 2);
  assert.deepEqual(row.top[0], { class: row.prediction, probability: row.probability });
  assert.ok(row.top[0].probability >= row.top[1].probability);
  assert.deepEqual(others, [
    { path: broken, prediction: null, reason: 'is text, not an image' },
    { path: absent, prediction: null, reason: 'cannot read file: No such file or directory' },
  ]);
});

test('when a signal comes, then the work ends after the batch, and an earlier file stays alone', async () => {
  const out = at('stopped/out/rows.csv');
  await mkdir(path.dirname(out), { recursive: true });
  await writeFile(out, 'earlier');
  const images = Array.from({ length: 500 }, (_, index) => at(`stopped/images/${index}.jpg`));
  await mkdir(at('stopped/images'));
  await Promise.all(images.map((image) => symlink(at('data/0-0.jpg'), image)));
  const watching = setInterval(() => {
    if (readdirSync(path.dirname(out)).length > 1) {
      process.emit('SIGHUP');
    }
  }, 1);
  try {
    const words = ['--run', run, '--batch-size', '1', ...images, '--out', out];
    await assert.rejects(exitCodeOf('predict', ...words), {
      name: 'InterruptedError',
      message: `Stopped before the last image; ${out} stays as it was.`,
    });
  } finally {
    clearInterval(watching);
  }
  assert.deepEqual(await readdir(path.dirname(out)), ['rows.csv']);
  assert.equal(await readFile(out, 'utf8'), 'earlier');
});

test('when no image can be read, then the exit code is 1 even if the work is to go on', async () => {
  const out = at('none.rows');
  const words = ['--run', run, '--keep-going', '--format', 'csv', broken, '--out', out];
  assert.equal(await exitCodeOf('predict', ...words), 1);
  // The mark by which spreadsheets know UTF-8, as a path has ä.
  assert.equal(
    await readFile(out, 'utf8'),
    `\ufeffpath,prediction,red,green,blue,reason\n${broken},,,,,"is text, not an image"\n`,
  );
});

test('when runs are averaged by weights, then the rows are those of the one with all the weight', async () => {
  const classifier = { ...smallClassifier(), task: 'colour' };
  await saveClassifier(classifier, at('other/colour/model'));
  const [image, out] = [at('data/0-0.jpg'), at('rows.jsonl')];
  const words = ['--run', run, '--run', at('other'), '--weights', '0,3', image, '--out', out];
  assert.equal(await exitCodeOf('predict', ...words), 0);
  const row = JSON.parse(await readFile(out, 'utf8'));
  const { probabilities } = await predict({ classifier, files: [image] });
  assert.deepEqual(
    Object.entries(row.probabilities),
    classifier.classes.map((name, index) => [name, Number(probabilities[index]?.toFixed(6))]),
  );
});

test('when a run is named as train or the API name it, then it is found', async () => {
  for (const [folder, task] of [
    [run, undefined],
    [run, 'colour'],
    [parent, 'colour'],
    [path.join(parent, 'colour'), 'colour'],
    [path.join(run, 'model'), undefined],
  ] as const) {
    assert.deepEqual((await chosenRun(folder, task)).tasks, ['colour']);
    (await loadClassifier(folder)).model.dispose();
  }
});

test('when the data was prepared under another name, then its only task has the only run', async () => {
  const task = { name: 'pictures', classes: ['red', 'green', 'blue'] };
  assert.equal(
    (await runOfTask(parent, { tasks: [task] }, 'pictures')).folder,
    at('parent/colour'),
  );
  const shoes = { name: 'shoes', classes: ['a', 'b'] };
  await assert.rejects(runOfTask(parent, { tasks: [task, shoes] }, 'shoes'), {
    message: 'Expected one of colour for the task of --data but received "shoes"',
  });
});

test('when a run, a task or an image is not there, then the message says what is, before any work', async () => {
  const image = at('data/0-0.jpg');
  const out = at('unwritten.csv');
  for (const place of ['two/a', 'two/b', 'deep/a/c', 'deep/b/c']) {
    await cp(path.join(run, 'model'), at(place, 'model'), { recursive: true });
  }
  const wrong: [string[], string][] = [
    [
      ['--run', parent, '--task', 'nope', image],
      'Expected one of colour for --task but received "nope"',
    ],
    [
      ['--run', path.join(parent, 'colour'), '--task', 'nope', image],
      'Expected one of colour for --task but received "nope"',
    ],
    [
      ['--run', at('nosuch'), image],
      `Expected an existing folder for --run but received "${at('nosuch')}"`,
    ],
    [
      ['--run', at('rum'), image],
      `Expected an existing folder for --run but received "${at('rum')}". Did you mean ${run}?`,
    ],
    [
      ['--run', `${run},${parent}`, absent],
      `Expected one folder for --run but received "${run},${parent}". To average runs, repeat it: --run ${run} --run ${parent}`,
    ],
    [
      ['--run', at('two'), image],
      `Expected one run for --run but received "${at('two')}". It has runs in ${at('two/a')}, ${at('two/b')}: give each as a --run of its own`,
    ],
    [
      ['--run', at('deep'), image],
      `Expected a trained model for --run but received "${at('deep')}". It has runs in ${at('deep/a/c')}, ${at('deep/b/c')}: give each as a --run of its own`,
    ],
    [
      ['--run', at('data'), image],
      `Expected a trained model for --run but received "${at('data')}". It has 0-0.jpg, 0-1.jpg, 0-2.jpg, 1-0.jpg, 1-1.jpg, 1-2.jpg, 2-0.jpg, 2-1.jpg, …. A run, as train writes it, has model/model.json`,
    ],
    [
      ['--run', run, image, absent],
      `Expected an existing image or folder for images but received "${absent}". With --keep-going, such images get a row without a prediction`,
    ],
    [
      ['--run', run, at('out')],
      `Missing images for the folder ${at('out')}. It has 1 file; files whose names do not end as those of images do are read if they are named themselves`,
    ],
  ];
  for (const [words, message] of wrong) {
    assert.equal(await refusal('predict', '--out', out, ...words), message);
  }
  await assert.rejects(readFile(out), { code: 'ENOENT' });
});

test('when a table of ids asks, then predict answers in the form that is named, and verify says where an answer is wrong', async () => {
  const data = JSON.parse(await readFile(at('data/manifest.json'), 'utf8'));
  const ids = ['2-0', '0-0', '1-0'];
  await writeFile(at('data/asking.csv'), ['id,label', ...ids.map((id) => `${id},x`)].join('\n'));
  const questions = ids.map((id) => ({ path: id, task: 'colour', file: `${id}.jpg` }));
  await mkdir(at('asking'));
  const asking = { ...data, relativeRoot: undefined, questions, questionFile: 'asking.csv' };
  await writeFile(at('asking/manifest.json'), JSON.stringify(asking));
  const form = ['--data', at('asking'), '--form', 'kaggle-classes'];
  const answers = at('answers');
  assert.equal(await exitCodeOf('predict', '--run', run, ...form, '--out', answers), 0);
  const csv = path.join(answers, 'submission.csv');
  const table = await readFile(csv, 'utf8');
  using classifier = await loadClassifier(run);
  const { probabilities } = await predict({
    classifier,
    task: 'colour',
    files: ids.map((id) => at('data', `${id}.jpg`)),
  });
  const names = ids.map((_, index) => {
    const row = [...probabilities.subarray(3 * index, 3 * index + 3)];
    return classifier.classes[row.indexOf(Math.max(...row))];
  });
  assert.equal(table, ['id,label', ...ids.map((id, i) => `${id},${names[i]}`), ''].join('\n'));
  assert.equal(await exitCodeOf('verify', path.join(answers, 'submission.zip'), ...form), 0);

  await writeFile(csv, table.replace(/,\w+\n$/, ',pink\n'));
  const { code, stdout } = await runBobbin(['verify', csv, ...form]);
  assert.equal(code, 2);
  assert.match(stdout, /submission\.csv:4:5: 1-0 of colour: expected one of red, green, blue but/);
});

test('when a request is incomplete or contradictory, then the message says what is missing', async () => {
  const wrong: [string[], string][] = [
    [
      [],
      'Missing images for predict. Name files or folders, or answer the questions of a data set: --data, --out',
    ],
    [
      ['a.jpg', '--data', 'd', '--out', 'o'],
      '--data cannot be combined with images. It answers the questions of a data set',
    ],
    [['--data', 'd'], 'Missing a folder for --out. The files of the submission go there'],
    [
      ['--data', 'd', '--out', 'o', '--top', '3'],
      '--data cannot be combined with --top. It answers the questions of a data set, in the form of a submission',
    ],
    [
      ['a.jpg', '--out', 'rows.txt'],
      'Expected a file named .csv, .json or .jsonl for --out but received "rows.txt". Or choose a --format',
    ],
    [
      ['a.jpg', '--out', photos],
      `Expected a file for --out but received "${photos}". There is a folder of that name`,
    ],
    [
      ['--data', 'd', '--out', broken],
      `Expected a folder for --out but received "${broken}". There is a file of that name`,
    ],
    [['a.jpg', '--weights', '1,2'], 'Expected 1 number for --weights but received 2'],
    [
      ['photos', '--images', 'fotos'],
      'Missing --data <folder> for --images. It says where the photos of --data are. To predict a folder, write it alone',
    ],
    [['a.jpg', '--run', './no-such-run'], '--run ./no-such-run was given twice. Give it once'],
  ];
  for (const [words, message] of wrong) {
    assert.equal(await refusal('predict', '--run', 'no-such-run', ...words), message);
  }
});
