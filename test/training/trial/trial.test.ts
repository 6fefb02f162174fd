/** `dryRun`, `overfit` and `findLearningRate`: what they measure, what they find, and that they keep nothing. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { createProgram } from '../../../src/cli/program.js';
import type { Manifest, Sample } from '../../../src/dataset/index.js';
import { tf } from '../../../src/tensorflow/index.js';
import { dryRun, findLearningRate, overfit } from '../../../src/training/index.js';
import { rangeTest } from '../../../src/training/trial/range-test.js';
import { saveLayers, tinyLayers } from '../../model/networks/imported.js';
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
async function tinyNetwork(): Promise<string> {
  const [folder, model] = [temporaryFolder(), tinyLayers()];
  await saveLayers(path.join(folder, 'net'), model);
  model.dispose();
  return path.join(folder, 'net');
}

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
  for (const trial of [dryRun, overfit, findLearningRate]) {
    await assert.rejects(trial(given), /enough/);
  }
});

/** Gradient descent on c·w²/2 + 1, whose gradients have noise, diverges at rates above 2/c. */
function noisyParabola(curvature: number) {
  let [weight, sign] = [3, 1];
  return async (learningRate: number) => {
    const loss = (curvature * weight ** 2) / 2 + 1;
    sign = -sign;
    weight -= learningRate * (curvature * weight + sign);
    return loss;
  };
}

test('when it is known which rates diverge, then the range test finds them, and suggests a rate well below', async () => {
  for (const curvature of [0.5, 20, 800]) {
    const limit = 2 / curvature;
    const range = { steps: 200, startRate: 1e-6, endRate: 100 };
    const found = await rangeTest(noisyParabola(curvature), range);
    const { points, diverged, suggestion = 0, steepest = 0, reason } = found;
    const last = points.at(-1)?.learningRate as number;
    // The noise alternates as the weights do near the limit, which adds to them there.
    assert.ok(diverged && last > limit / 2 && last < 4 * limit, `${last}`);
    assert.ok(suggestion < limit / 4 && suggestion > limit / 60, `${suggestion}`);
    assert.ok(steepest < limit && steepest > limit / 1000, `${steepest}`);
    assert.match(
      reason,
      /^A tenth of .* lowest .* from .*\); it falls most steeply at .*\. The two differ by a factor of /,
    );
    const growth = (points[1]?.learningRate as number) / (points[0]?.learningRate as number);
    assert.ok(Math.abs(growth - 1e8 ** (1 / 199)) < 1e-9);
    // The weighted mean of all losses so far, the weights of which add up to 1.
    for (const [at, { smoothedLoss }] of points.entries()) {
      const weights = points.slice(0, at + 1).map((_, index) => 0.9 ** (at - index));
      const sum = weights.reduce((a, b) => a + b);
      const mean = weights.reduce((a, w, index) => a + (w / sum) * (points[index]?.loss ?? 0), 0);
      assert.ok(Math.abs(smoothedLoss / mean - 1) < 1e-9);
    }
  }
});

test('when no rate lowers the loss, or the highest one still does, then the range test says so', async () => {
  const range = { steps: 50, startRate: 1e-6, endRate: 1 };
  const flat = await rangeTest(async () => 2, range);
  assert.equal(flat.suggestion, undefined);
  assert.match(
    flat.reason,
    /^The smoothed loss fell by less than 5% at every rate from 0\.000001 to 1: /,
  );
  const falling = await rangeTest(async (_, index) => 2 - index / 50, range);
  assert.match(falling.reason, /still fell at the highest rate.*: try a higher endRate\.$/);
  const spoilt = await rangeTest(async () => Number.NaN, range);
  assert.deepEqual([spoilt.points.length, spoilt.suggestion], [1, undefined]);
});

test('when the rates of a training are tried, then one is suggested, and nothing is written or left', async () => {
  const range = { steps: 40, startRate: 1e-3, endRate: 100 };
  const model = { network: await tinyNetwork() };
  const given = { manifest, task, model, batchSize: 6, accumulate: 2, ...range };
  const [files, tensors] = [await readdir(data), tf.memory().numTensors];
  const seen: number[] = [];
  const found = await findLearningRate({ ...given, onPoint: ({ step }) => seen.push(step) });
  const { points, suggestion = 0 } = found;
  assert.ok(suggestion > 1e-3 && suggestion < 10, `${suggestion}`);
  assert.deepEqual(
    seen,
    points.map(({ step }) => step),
  );
  assert.deepEqual(await findLearningRate(given), found);
  assert.deepEqual([await readdir(data), tf.memory().numTensors], [files, tensors]);
  const reversed = { ...given, startRate: 1, endRate: 0.1 };
  await assert.rejects(findLearningRate(reversed), /a number below endRate \(0\.1\) for startRate/);
});

test('when find-lr has run, then its folder has the picture and the points', async (t) => {
  const out = temporaryFolder(t);
  const network = await tinyNetwork();
  const words = ['find-lr', '--data', data, '--out', out, '--model', network, '--steps', '10'];
  await (await createProgram(words)).parseAsync(words, { from: 'user' });
  assert.deepEqual(await readdir(out), ['colour.csv', 'colour.png']);
  const lines = (await readFile(path.join(out, 'colour.csv'), 'utf8')).split('\n');
  assert.equal(lines[0], 'step,learning_rate,loss,smoothed_loss');
  assert.match(lines[1] ?? '', /^1,0\.00000100000,\d\.\d{6},\d\.\d{6}$/);
});
