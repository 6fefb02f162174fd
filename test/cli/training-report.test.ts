/** The report on epochs and on the pipeline. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEpochReport } from '../../src/cli/training/report.js';

const record = {
  epoch: 2,
  learningRate: 0.01,
  loss: 0.4567,
  accuracy: 0.875,
  validationLoss: 0.5,
  validationAccuracy: 0.9,
  seconds: 75,
  imagesPerSecond: 34.6,
  waitShare: 0.031,
  readMs: 0.0213,
  decodeMs: 0.31,
  renderMs: 0.254,
  otherFormatsMs: 0,
  deviceMs: 0,
  deviceDecodedShare: 0,
  deviceRenderedShare: 0,
  advice: 'The loader keeps up.',
};

/** The lines of a report on these epochs of a run. */
function linesOf(records: (typeof record)[], epochs = 6) {
  const lines: string[] = [];
  const report = createEpochReport((text) => lines.push(...text.split('\n')));
  for (const each of records) {
    report.add('coat', each, epochs);
  }
  report.end();
  return lines;
}

test('when epochs end, then each is a row below one header, and the times of the pipeline come once', () => {
  const late = { ...record, epoch: 100, loss: 260_617.3, validationLoss: 1234, seconds: 3700 };
  assert.deepEqual(linesOf([record, late], 100), [
    'coat',
    '  epoch       loss    acc.  val. loss  val. acc.  images/s   wait      time',
    '  2/100      0.457   0.875      0.500      0.900        35    3 %      1:15',
    '  100/100   2.6e+5   0.875     1.2e+3      0.900        35    3 %   1:01:40',
    'Pipeline: read 0.02 ms, decode 0.31 ms, render 0.25 ms an image.',
    'The loader keeps up.',
  ]);
});

test('when a run begins to wait for images, then the advice follows that epoch once, in lines that fit', () => {
  const advice = `Use more threads: ${'the machine has cores that wait. '.repeat(4)}`.trim();
  const waiting = { ...record, waitShare: 0.4, advice };
  const lines = linesOf([record, waiting, waiting, record, waiting]);
  const places = lines.flatMap((line, index) => (line.includes('Use more threads') ? index : []));
  assert.deepEqual(places, [4, 10]);
  assert.ok(lines.every((line) => line.length <= 80));
});

test('when an epoch is short or the first, then no advice follows it', () => {
  const waiting = { ...record, waitShare: 0.4, advice: 'Use more threads.' };
  const lines = linesOf([waiting, { ...waiting, seconds: 9 }]);
  assert.ok(lines.every((line) => !line.includes('Use more threads')));
});

test('when there are several runs, then the last epoch that waits longest gives the times', () => {
  const lines: string[] = [];
  const report = createEpochReport((text) => lines.push(text));
  report.add('coat', { ...record, waitShare: 0.09, advice: 'Of the coats.' }, 2);
  report.add('skirt', { ...record, waitShare: 0.08, advice: 'Of an early epoch.' }, 2);
  report.add('skirt', { ...record, waitShare: 0.01, advice: 'Of the skirts.' }, 2);
  report.end();
  assert.equal(lines.filter((line) => line.includes('acc.')).length, 2);
  assert.match(lines.at(-1) ?? '', /Of the coats/);
});

test('when some images are not JPEG files, then their time is shown too', () => {
  const pipeline = linesOf([{ ...record, otherFormatsMs: 12.4 }])
    .slice(3)
    .join(' ')
    .replace(/ +/g, ' ');
  assert.match(pipeline, /an image, 12 ms for one that is not a JPEG\. The/);
});

test('when a GPU decoded or rendered, then its time and its share of the images are shown', () => {
  const shares = { deviceDecodedShare: 0.754, deviceRenderedShare: 0.99 };
  const pipeline = linesOf([{ ...record, deviceMs: 0.123, ...shares }])
    .slice(3)
    .join(' ')
    .replace(/ +/g, ' ');
  assert.match(pipeline, /an image, GPU 0\.12 ms an image: decoded 75 %, rendered 99 %\. The/);
});

test('when a run learns features that were computed once, then nothing is said of a pipeline', () => {
  const idle = { ...record, readMs: 0, decodeMs: 0, renderMs: 0, waitShare: 0.4 };
  assert.equal(linesOf([idle, { ...idle, epoch: 3 }]).length, 4);
});
