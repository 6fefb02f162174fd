/** What `prepare` prints, and what `verify` says without a submission or questions. */
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import sharp from 'sharp';
import { temporaryFolder, writeFiles } from '../support/folders.js';
import { classFolder } from '../support/prepared.js';
import { runBobbin } from '../support/run-bobbin.js';

const folder = temporaryFolder();
const data = path.join(folder, 'my data');

before(() =>
  writeFiles(path.join(folder, 'photos'), { ...classFolder('cat', 30), ...classFolder('dog', 2) }),
);

test('when a source is prepared, then its classes, what is odd and the next commands are printed', async () => {
  const source = path.join(folder, 'photos');
  const { stdout } = await runBobbin(['prepare', source, '--out', data, '--name', 'pets']);
  const shown = path.relative('', data);
  assert.equal(
    stdout,
    `class folders → ${path.join(shown, 'manifest.json')}
task  classes  train  validation
────  ───────  ─────  ──────────
pets        2     28           4

class of pets  train  validation
─────────────  ─────  ──────────
cat               27           3
dog                1           1

! 1 class of pets has fewer than 10 training images, dog (1): add some, or expect mistakes.
! pets is imbalanced, with more than 10 times as many images in its largest class as in its smallest: cat 27 training images and dog 1. Read the scores of each class, since accuracy says little about the small ones.

Next: \`npx bobbin preview '${shown}'\`, or \`npx bobbin train --data '${shown}' --run run\`
`,
  );
});

test('when it is prepared again with another split, then one line says what that ends', async () => {
  const words = [
    'prepare',
    path.join(folder, 'photos'),
    '--out',
    data,
    '--validation-fraction',
    '0.5',
  ];
  const { stdout } = await runBobbin(words);
  const line =
    '! The split was 28/4 (seed 1) and is now 16/16 (seed 1): earlier runs on this data cannot be resumed.';
  assert.ok(stdout.split('\n').includes(line), stdout);
});

test('when a submission is absent, or the data set asks no question, then verify says which', async () => {
  const absent = await runBobbin(['verify', 'nosuch.zip', '--data', data]);
  assert.equal(
    absent.stderr,
    'bobbin: Expected an existing file for submission but received "nosuch.zip"\n',
  );
  const unasked = await runBobbin(['verify', 'package.json', '--data', data]);
  assert.equal(
    unasked.stderr,
    `bobbin: Expected a data set with questions for --data but received "${data}". Prepare it with --questions, the table that asks\n`,
  );
});

test('when a validation photo is a training photo saved again, then --similar lists and shows the pair', async () => {
  const source = path.join(folder, 'similar photos');
  for (const [name, colour, width, quality] of [
    ['train/red/a', '#c03030', 24, 95],
    ['train/blue/b', '#3030c0', 48, 95],
    ['validation/red/c', '#c03030', 24, 80],
    ['validation/blue/d', '#30c060', 8, 95],
  ] as const) {
    const file = path.join(source, `${name}.jpg`);
    await mkdir(path.dirname(file), { recursive: true });
    const shape = { channels: 3, background: colour, width, height: 60 - width } as const;
    const input = await sharp({ create: shape }).png().toBuffer();
    const paper = { channels: 3, background: '#dddddd', width: 64, height: 64 } as const;
    await sharp({ create: paper }).composite([{ input }]).jpeg({ quality }).toFile(file);
  }
  const out = path.join(folder, 'similar');
  const { stdout } = await runBobbin(['prepare', source, '--out', out, '--similar']);
  assert.match(stdout, /^1 of 2 validation images nearly repeats a training image$/m);
  const lines = (await readFile(path.join(out, 'similar.csv'), 'utf8')).split('\n');
  assert.match(lines[1] ?? '', /^validation,.*c\.jpg,.*a\.jpg,[01]\.\d+$/);
  assert.equal((await sharp(path.join(out, 'similar.jpg')).metadata()).format, 'jpeg');
  const { stderr } = await runBobbin(['prepare', source, '--out', out, '--similar', '2']);
  assert.match(stderr, /^bobbin: Expected a number from 0 to 1 for --similar but received 2$/m);
});
