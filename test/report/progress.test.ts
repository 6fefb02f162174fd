/** Progress without a terminal, and its words and tables. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { mock, test } from 'node:test';
import { clock, createProgress, describeProgress, textTable } from '../../src/report/index.js';

test('when a state is complete, then its line names every number', () => {
  const line = describeProgress({
    label: 'epoch 1/2',
    done: 64,
    total: 128,
    loss: 0.41234,
    accuracy: 0.8714,
    imagesPerSecond: 95.4,
    waitShare: 0.02,
    secondsLeft: 65,
  });
  assert.equal(line, 'loss 0.412  accuracy 0.871  95 images/s  data wait 2 %  1:05 left');
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

test('when there is a terminal, then a bar shows the numbers, and nothing continues after its end', () => {
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
  const progress = createProgress(terminal as unknown as NodeJS.WriteStream);
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const earlier = timers();
  progress.update({ label: 'epoch 1/2', done: 5, total: 10, loss: 0.5 });
  assert.equal(timers(), earlier + 1, 'the bar is redrawn by a timer');
  progress.print('epoch 1/2 done');
  progress.end();
  assert.equal(timers(), earlier);
  const shown = `${terminal.read()}`;
  assert.match(shown, /epoch 1\/2 \[█{8}░{8}\] 5\/10 loss 0\.500/);
  assert.match(shown, /epoch 1\/2 done\n$/);
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
