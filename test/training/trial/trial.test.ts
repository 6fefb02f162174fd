/** `dryRun` and `overfit`: what they measure, what they find, and that they keep nothing. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { before, test } from 'node:test';
import type { Manifest, Sample } from '../../../src/dataset/index.js';
import { tf } from '../../../src/tensorflow/index.js';
import { dryRun, overfit } from '../../../src/training/index.js';
import { temporaryFolder } from '../../support/folders.js';
import { drawPhotos } from '../../support/photos.js';

const data = temporaryFolder();
let manifest: Manifest;
before(async () => {
  manifest = await drawPhotos(data);
});

const task = 'colour';
const model = { network: 'mobilenet-v2', pretrained: false, size: 64 } as const;
const small = { ...model, size: 32 } as const;
/** MobileNetV2 has 1280 features. */
const headWeights = 1280 * 3 + 3;

test('when a run is tried, then each phase has its shapes and a time, and nothing is written or left', async () => {
  const [files, tensors] = [await readdir(data), tf.memory().numTensors];
  const growing = { epochs: 5, stages: 2, startSize: 32, batchSize: 64 } as const;
  const dry = await dryRun({ manifest, task, model, trainable: 'head', ...growing });
  assert.deepEqual([dry.training, dry.validation], [24, 9]);
  const shapes = dry.phases.map(({ from, to, batch, features, logits, trained }) => {
    return { from, to, batch, features, logits, trained };
  });
  const head = { features: [24, 1280], logits: [24, 3], trained: headWeights };
  assert.deepEqual(shapes, [
    { from: 0, to: 3, batch: [24, 32, 32, 3], ...head },
    { from: 3, to: 5, batch: [24, 64, 64, 3], ...head },
  ]);
  const [first, second] = dry.phases.map(({ secondsPerEpoch }) => secondsPerEpoch);
  const whole = 3 * (first as number) + 2 * (second as number);
  assert.ok(Math.abs(dry.seconds - whole) < 1e-9 && whole > 0, `${dry.seconds}`);
  assert.ok(dry.weights > headWeights && dry.memoryMB > 10);
  assert.deepEqual([await readdir(data), tf.memory().numTensors], [files, tensors]);
});

test('when a batch can be learnt by heart, then it is', async () => {
  const given = { manifest, task, model: small, batchSize: 12, learningRate: 0.05 };
  const { images, batches, last, reason } = await overfit(given);
  assert.deepEqual([images, batches, last.accuracy, reason], [12, 1, 1, undefined]);
});

test('when a batch is not learnt, then a sentence says why and what to try', async () => {
  const given = { task, model: small, trainable: 'head', learningRate: 0, rounds: 2 } as const;
  const still = await overfit({ ...given, manifest });
  assert.equal(still.last.round, 2);
  assert.match(
    `${still.reason}`,
    /^The loss stays near that of a guess, 1\.099: .* Only the head is trained: train all weights .* \(it is 0\)\.$/,
  );
  const wild = await overfit({ ...given, manifest, batchSize: 10, learningRate: 100 });
  assert.match(
    `${wild.reason}`,
    /^The loss rose from 1\.\d+ to .*: the steps are too large\. Try a lower learning rate \(it is 100\)\.$/,
  );
  const [first, ...others] = [...manifest.samples] as [Sample, ...Sample[]];
  const samples = [first, ...others.slice(0, 6), { ...first, label: 2, hash: 'f'.repeat(64) }];
  const twice = await overfit({ ...given, manifest: { ...manifest, samples } });
  assert.match(
    `${twice.reason}`,
    /^0-0\.jpg and 0-0\.jpg are the same picture with two labels, (red and blue|blue and red): no training can learn both\. Correct one of them\.$/,
  );
});

test('when the signal is aborted, then it ends with its reason', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  const given = { manifest, task, model: small, trainable: 'head', signal } as const;
  for (const trial of [dryRun, overfit]) {
    await assert.rejects(trial(given), /enough/);
  }
});
