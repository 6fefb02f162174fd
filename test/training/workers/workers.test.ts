/** Trainings that two processes share, beside the same training in one process. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import type { EpochRecord } from '../../../src/training/index.js';
import { freePorts } from '../../../src/workers/ports.js';
import { temporaryFolder } from '../../support/folders.js';
import { drawPhotos } from '../../support/photos.js';
import { programOf } from '../../support/run-bobbin.js';
import type { Work } from './run-worker.js';

const folder = temporaryFolder();
const data = path.join(folder, 'data');
const program = programOf('test/training/workers/run-worker.ts');
/** The last of three batches has one image, so that the second worker has none of it. */
const options = {
  epochs: 2,
  limit: 21,
  batchSize: 10,
  learningRate: 0.2,
  momentum: 0,
  schedule: 'step',
  labelSmoothing: 0.1,
  stochasticDepth: 0.4,
  seed: 7,
  threads: 1,
  augmentation: { mixup: 0.4, cutmix: 1, mixProbability: 0.7 },
} as const;

before(() => drawPhotos(data));

interface End {
  finished: boolean;
  history: EpochRecord[];
  /** A hash of all weights. */
  weights: string;
}

interface Ended extends End {
  /** The hash of the weights after each epoch. */
  epochs: string[];
  warnings: string;
}

function runWorker(work: Work): Promise<Ended> {
  const child = spawn(process.execPath, [...program, JSON.stringify(work)]);
  let [output, warnings] = ['', ''];
  child.stdout.on('data', (text) => {
    output += text;
  });
  child.stderr.on('data', (text) => {
    warnings += text;
  });
  return new Promise((resolve, reject) => {
    child.on('close', () => {
      const lines = output.split('\n');
      const end = lines.find((line) => line.startsWith('end '))?.slice('end '.length);
      if (end === undefined) {
        reject(new Error(`worker ${work.index}: ${warnings}`));
        return;
      }
      const epochs = lines.filter((line) => line.startsWith('epoch '));
      resolve({ ...JSON.parse(end), epochs, warnings });
    });
  });
}

/** Runs `count` workers together; each has a folder of its own, of which all but the first stay away. */
async function runTogether(
  name: string,
  count: number,
  {
    stopper,
    failer,
    ...extra
  }: { stopper?: number; failer?: number; [option: string]: unknown } = {},
): Promise<Ended[]> {
  const workers = (await freePorts(count)).map((port) => `127.0.0.1:${port}`);
  const work = (index: number): Work => ({
    ...{
      workers,
      index,
      data,
      folder: path.join(folder, name),
      dumps: [0, 1, 3, 6],
      stopper,
      failer,
    },
    run: path.join(folder, name, `run-${index}`),
    options: { ...options, ...extra },
  });
  return await Promise.all(workers.map((_, index) => runWorker(work(index))));
}

const weightsAt = (name: string, step: number): Float32Array =>
  new Float32Array(new Uint8Array(readFileSync(path.join(folder, name, `${step}-0.bin`))).buffer);

/** ‖a − b‖ / ‖b − c‖: how far two runs that began at c have come apart. */
function apart(a: Float32Array, b: Float32Array, c: Float32Array): number {
  const norm = (x: Float32Array, y: Float32Array) =>
    Math.hypot(...x.map((v, i) => v - (y[i] as number)));
  return norm(a, b) / norm(b, c);
}

const scores = ({ loss, accuracy, validationLoss, validationAccuracy }: EpochRecord) => [
  ...[loss, accuracy, validationLoss as number, validationAccuracy as number],
];

function haveSameScores({ history }: Ended, wanted: Ended): void {
  const [found, expected] = [history, wanted.history].map((records) => records.flatMap(scores));
  assert.equal(found?.length, expected?.length);
  found?.forEach((score, i) => {
    assert.ok(Math.abs(score - (expected?.[i] as number)) < 1e-4, `${found} is not ${expected}`);
  });
}

test('when two workers share each batch, then they train as one process does, and the first alone writes', async () => {
  const [alone] = (await runTogether('alone', 1)) as [Ended];
  const [first, second] = (await runTogether('shared', 2)) as [Ended, Ended];
  const start = weightsAt('alone', 0);
  const differences = [1, 3].map((step) =>
    apart(weightsAt('shared', step), weightsAt('alone', step), start),
  );
  // Measured: 6e-7 and 9e-7.
  assert.ok(
    differences.every((difference) => difference < 1e-5),
    `${differences}`,
  );
  assert.deepEqual(second.epochs, first.epochs);
  assert.equal(second.weights, first.weights);
  assert.equal(first.epochs.length, 2);
  haveSameScores(first, alone);
  assert.deepEqual(
    readdirSync(path.join(folder, 'shared', 'run-0')),
    readdirSync(path.join(folder, 'alone', 'run-0')),
  );
  assert.ok(!existsSync(path.join(folder, 'shared', 'run-1')));
});

test('when one of two workers stops the run, then both stop, and one process ends it as if it had been alone', async () => {
  // A step takes all three batches, of which the last one is short.
  const extra = { momentum: 0.9, accumulate: 3, averageDecay: 0.8, clipNorm: 0.5, dtype: 'uint8' };
  const [alone] = (await runTogether('summed', 1, extra)) as [Ended];
  const stopped = (await runTogether('resumed', 2, { ...extra, stopper: 1 })) as [Ended, Ended];
  for (const { finished, history, epochs } of stopped) {
    assert.deepEqual([finished, history.length, epochs], [false, 1, stopped[0].epochs]);
  }
  const [ended] = (await runTogether('resumed', 1, { ...extra, resume: true })) as [Ended];
  assert.match(ended.warnings, /had 2 workers and now has 1\. A batch still has 10 images/);
  const start = weightsAt('summed', 0);
  const difference = apart(weightsAt('resumed', 6), weightsAt('summed', 6), start);
  assert.ok(difference < 1e-5, `${difference}`);
  haveSameScores(ended, alone);
});

test('when one of two workers fails and its program goes on, then the other one ends with its words', async () => {
  await assert.rejects(
    runTogether('failed', 2, { failer: 1, epochs: 2 }),
    /worker 0: (.|\n)*Error: worker 1 \(127\.0\.0\.1:\d+\) failed: .* no room/,
  );
});

test('when two workers learn features, then they are of the weights of the first, and the head is that of one process', async () => {
  const featuresIn = (name: string) => ({
    ...{
      trainable: 'head',
      featureViews: 2,
      stochasticDepth: 0,
      featureCache: path.join(folder, name, 'cache'),
    },
    augmentation: { mixup: 0, cutmix: 0 },
  });
  const [alone] = (await runTogether('known', 1, featuresIn('known'))) as [Ended];
  const [first, second] = (await runTogether('both', 2, featuresIn('both'))) as [Ended, Ended];
  assert.equal(second.weights, first.weights);
  const difference = apart(weightsAt('both', 6), weightsAt('known', 6), weightsAt('known', 0));
  assert.ok(difference < 1e-5, `${difference}`);
  haveSameScores(first, alone);
});

test('when batch normalisation is local, then its averages are those of all workers', async () => {
  const local = { batchNorm: 'local', epochs: 1 };
  const [first, second] = (await runTogether('local', 2, local)) as [Ended, Ended];
  assert.deepEqual(second.epochs, first.epochs);
  assert.equal(second.weights, first.weights);
  assert.notDeepEqual(weightsAt('local', 1), weightsAt('shared', 1));
});
