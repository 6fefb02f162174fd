/** Progress on a terminal and without one, and tables. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { mock, test } from 'node:test';
import {
  clock,
  createProgress,
  type ProgressState,
  progressLine,
  textTable,
} from '../../src/report/index.js';
import { displayWidth, wrap } from '../../src/width.js';

const training: ProgressState = {
  name: 'photos',
  label: 'epoch 1/6',
  done: 160,
  total: 400,
  loss: 2.5,
  accuracy: 0.081,
  imagesPerSecond: 14.2,
  waitShare: 0.03,
  secondsLeft: 65,
};

test('when a terminal has 120, 80, 60 or 40 columns, then rate, waiting and time left stay as long as they fit, the time to the end', () => {
  assert.deepEqual(
    [120, 80, 60, 40].map((columns) => progressLine(training, columns)),
    [
      'photos epoch 1/6  ████████░░░░░░░░░░░░  160/400  loss 2.500  accuracy 0.081  14 images/s  wait 3 %  1:05 left',
      'photos epoch 1/6  ███░░░░  160/400  loss 2.500  14 images/s  wait 3 %  1:05 left',
      'photos epoch 1/6  160/400  14 images/s  wait 3 %  1:05 left',
      'photos epoch 1/6  14 images/s  1:05 left',
    ],
  );
});

test('when a name is long or of wide letters, then its middle gives way, and no line exceeds its columns', () => {
  const name = '长袖连衣裙_neckline_design_labels';
  const state = {
    ...training,
    name,
    label: 'epoch 100/100 validation',
    done: 160_000,
    total: 400_000,
    secondsLeft: 36_000,
  };
  assert.equal(
    progressLine(state, 80),
    '长袖连衣…n_labels epoch 100/100 validation  14 images/s  wait 3 %  10:00:00 left',
  );
  for (let columns = 40; columns <= 160; columns++) {
    const line = progressLine(state, columns);
    assert.ok(displayWidth(line) <= columns, line);
    assert.match(line, /epoch 100.*validation.* {2}10:00:00 left$/);
  }
});

test('when the time exceeds an hour, then the clock has three parts', () => {
  assert.deepEqual([0, 59.6, 3599, 3661].map(clock), ['0:00', '1:00', '59:59', '1:01:01']);
});

test('when there is no terminal, then a line comes every five seconds and not with each batch', () => {
  mock.timers.enable({ apis: ['Date'], now: 1000 });
  try {
    const stream = new PassThrough();
    const progress = createProgress(stream as unknown as NodeJS.WriteStream);
    for (let second = 1; second <= 12; second++) {
      mock.timers.tick(1000);
      progress.update({ label: 'epoch 1/1', done: second, total: 12 });
    }
    progress.print('done');
    progress.end();
    const lines = `${stream.read()}`.trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => line.trim()),
      ['epoch 1/1  5/12', 'epoch 1/1  10/12', 'done'],
    );
  } finally {
    mock.timers.reset();
  }
});

/** What a terminal of `columns` columns gets, in pieces. */
function onTerminal(columns: number) {
  const pieces: string[] = [];
  const write = (piece: string) => pieces.push(piece);
  const terminal = { isTTY: true, columns, write };
  return { pieces, terminal, progress: createProgress(terminal as unknown as NodeJS.WriteStream) };
}

test('when there is a terminal, then a line is rewritten ten times a second and at once for a new label', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1000 });
  const { pieces, progress } = onTerminal(40);
  for (const label of ['epoch 1/2', 'epoch 2/2']) {
    for (let done = 1; done <= 3; done++) {
      progress.update({ label, done, total: 10 });
      t.mock.timers.tick(60);
    }
  }
  progress.print('epoch 2/2 done');
  progress.end();
  assert.deepEqual(pieces, [
    'epoch 1/2  ██░░░░░░░░░░░░░░░░░░  1/10',
    '\repoch 1/2  ██████░░░░░░░░░░░░░░  3/10\x1b[K',
    '\repoch 2/2  ██░░░░░░░░░░░░░░░░░░  1/10\x1b[K',
    '\repoch 2/2  ██████░░░░░░░░░░░░░░  3/10\x1b[K',
    '\repoch 2/2 done\x1b[K\n',
  ]);
});

test('when a terminal is made narrower, then the rows that the line took go, and the next line fits', () => {
  const { pieces, terminal, progress } = onTerminal(120);
  progress.update(training);
  terminal.columns = 50;
  progress.update({ ...training, label: 'epoch 2/6' });
  assert.equal(pieces[1], '\r\x1b[2A\x1b[Jphotos epoch 2/6  ██░░░  14 images/s  1:05 left');
});

test('when a lasting line exceeds a terminal, then it is broken between words, but a path stays whole', () => {
  const { pieces, progress } = onTerminal(40);
  const file = '/data/photographs/of/garments/in/many/classes/1.jpg';
  progress.print(`! The photos changed since they were prepared: ${file} and 2 more`);
  assert.deepEqual(pieces[0]?.split('\n'), [
    '! The photos changed since they were',
    '  prepared:',
    `  ${file}`,
    '  and 2 more',
    '',
  ]);
});

test('when a long line has aligned columns or a command in backquotes, then both stay as they are', () => {
  const command = '`npx bobbin setup --debug`';
  assert.equal(
    wrap(`  name      is older than its sources: run ${command} now`, 40),
    `  name      is older than its sources:\n    run ${command} now`,
  );
});

test('when cells differ in width, then numbers are aligned on the right', () => {
  const table = textTable(
    ['task', 'AP'],
    [
      ['a', '0.5'],
      ['longer', '0.25'],
    ],
  );
  assert.deepEqual(table.split('\n'), [
    'task      AP',
    '──────  ────',
    'a        0.5',
    'longer  0.25',
  ]);
});
