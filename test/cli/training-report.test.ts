/** The report after each epoch. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeEpoch } from '../../src/cli/training-report.js';

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

test('when an epoch ends, then its scores, speed, stages and one sentence of advice are shown', () => {
  assert.deepEqual(describeEpoch('coat', record, 6).split('\n'), [
    'coat 2/6  loss 0.457  accuracy 0.875  validation 0.500  0.900  35 images/s  data wait 3 %  1:15',
    '  read 0.02 ms, decode 0.31 ms, render 0.25 ms an image. The loader keeps up.',
  ]);
});

test('when some images are not JPEG files, then their time is shown too', () => {
  const lines = describeEpoch('coat', { ...record, otherFormatsMs: 12.4 }, 6).split('\n');
  assert.match(lines[1] ?? '', /an image, 12 ms for one that is not a JPEG\. The/);
});

test('when a GPU decoded or rendered, then its time and its share of the images are shown', () => {
  const shares = { deviceDecodedShare: 0.754, deviceRenderedShare: 0.99 };
  const lines = describeEpoch('coat', { ...record, deviceMs: 0.123, ...shares }, 6).split('\n');
  assert.match(
    lines[1] ?? '',
    /an image, GPU 0\.12 ms an image: decoded 75 %, rendered 99 %\. The/,
  );
});
