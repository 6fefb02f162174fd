/** Resuming a run with another number of epochs, or when nothing is left to do. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { resolveOptions } from '../../src/options.js';
import { learningRateAt, type TrainOptions, train } from '../../src/training/index.js';
import { scheduleOptions } from '../../src/training/schedule/options.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { smallClassifier } from '../support/small-classifier.js';

const folder = temporaryFolder();
const manifest = await drawPhotos(path.join(folder, 'data'));
const base = {
  manifest,
  task: 'colour',
  batchSize: 8,
  learningRate: 0.1,
  seed: 1,
};
const batchesPerEpoch = 3;

const begin = (run: string, options: Partial<TrainOptions>) =>
  train({ ...base, run: path.join(folder, run), classifier: smallClassifier(), ...options });
const resume = (run: string, options: Partial<TrainOptions>) =>
  train({ ...base, run: path.join(folder, run), resume: true, ...options });

async function warningsDuring(work: () => Promise<unknown>): Promise<string[]> {
  const warnings: string[] = [];
  const listen = (warning: NodeJS.ErrnoException) => {
    if (warning.code === 'BOBBIN_TRAIN') {
      warnings.push(warning.message);
    }
  };
  process.on('warning', listen);
  await work().finally(() => process.off('warning', listen));
  return warnings;
}

test('when a finished run is resumed with more epochs, then the rest follows the schedule of all of them', async () => {
  await begin('grown', { epochs: 1 });
  const run = path.join(folder, 'grown');
  const warnings = await warningsDuring(async () => {
    const { history, finished, wasFinished, best } = await resume('grown', { epochs: 3 });
    assert.deepEqual([history.length, finished, wasFinished], [3, true, false]);
    const place = { step: 3 * batchesPerEpoch - 1, stepsPerEpoch: batchesPerEpoch, epochs: 3 };
    const rate = learningRateAt({ ...resolveOptions(scheduleOptions), learningRate: 0.1 }, place);
    assert.equal(history[2]?.learningRate, rate);
    assert.ok(history.includes(best as (typeof history)[0]));
  });
  assert.deepEqual(warnings, [`${run} had 1 epoch: the rest now follows the schedule of 3.`]);
  const config = JSON.parse(await readFile(path.join(run, 'config.json'), 'utf8'));
  assert.deepEqual([config.epochs, config.batchSize], [3, 8]);
  const { wasFinished } = await train({ manifest, task: 'colour', run, resume: true });
  assert.ok(wasFinished, 'options that are not given are those of the run');
  await assert.rejects(
    resume('grown', { epochs: 3, momentum: 0.5 }),
    /begun with other settings \(momentum was 0\.9, is 0\.5\)/,
  );
});

test('when epochs are added in the warm-up, where the schedule does not depend on them, then the weights equal those of one run', async () => {
  const options = { warmUp: 1.9, averageDecay: 0.9 };
  await begin('added', { ...options, epochs: 2 });
  const added = await resume('added', { ...options, epochs: 3 });
  const whole = await begin('whole', { ...options, epochs: 3 });
  const values = ({ classifier }: typeof whole) =>
    classifier.model.getWeights().map((weight) => [...weight.dataSync()]);
  assert.deepEqual(values(added), values(whole));
  assert.equal(added.best?.epoch, whole.best?.epoch);
});

test('when a run has begun more epochs than are given, then that is refused', async () => {
  const stop = new AbortController();
  await begin('within', {
    epochs: 3,
    signal: stop.signal,
    onProgress: ({ epoch }) => epoch === 2 && stop.abort(),
  });
  await assert.rejects(resume('within', { epochs: 1 }), {
    name: 'InvalidInputError',
    message:
      'Expected at least 2, as many as the run has begun, for epochs but received 1. For fewer, train into another folder',
  });
  const { history } = await resume('within', { epochs: 2 });
  assert.equal(history.length, 2);
});

test('when a finished run is resumed with the same options, then nothing is trained and the result says so', async () => {
  await begin('done', { epochs: 1 });
  const warnings = await warningsDuring(async () => {
    const { wasFinished, finished, history } = await resume('done', {
      epochs: 1,
      onProgress: () => assert.fail('a step was taken'),
    });
    assert.deepEqual([wasFinished, finished, history.length], [true, true, 1]);
  });
  assert.deepEqual(warnings, []);
});

test('when a run is resumed with other boxes of the same photos, then that is refused', async () => {
  const boxed = (x1: number) => ({
    ...manifest,
    samples: manifest.samples.map((sample) => ({ ...sample, box: [0, 0, x1, 48] as const })),
  });
  await begin('boxed', { epochs: 1, manifest: boxed(24) });
  const same = await resume('boxed', { epochs: 1, manifest: boxed(24) });
  assert.ok(same.wasFinished);
  for (const other of [boxed(30), manifest]) {
    await assert.rejects(
      resume('boxed', { epochs: 1, manifest: other }),
      /begun with other settings \(the boxes of the training images are not the same; the boxes of the validation images are not the same\)/,
    );
  }
});
