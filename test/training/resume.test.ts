/** Runs that are killed, stopped or refused, in separate processes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { loadManifest } from '../../src/dataset/index.js';
import { temporaryName } from '../../src/disk/leftovers.js';
import { Dropout } from '../../src/model/index.js';
import { type StepFacts, type TrainOptions, train } from '../../src/training/index.js';
import { optimizers } from '../../src/training/optimizer/list.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { below, randomOf } from '../support/random.js';
import { programOf } from '../support/run-bobbin.js';
import { smallClassifier } from '../support/small-classifier.js';

const folder = temporaryFolder();
const data = path.join(folder, 'data');
const options = {
  epochs: 3,
  batchSize: 8,
  learningRate: 0.05,
  momentum: 0.8,
  seed: 7,
  augmentation: { mixup: 0.4, cutmix: 1, mixProbability: 0.7 },
};

before(() => drawPhotos(data));

interface Ended {
  lines: string[];
  errors: string;
}

/** A signal, and when a run gets it: `afterMs` after it has printed the line `at`, or so many lines. */
interface Ending {
  signal: NodeJS.Signals;
  at: string | number;
  afterMs?: number;
}

/** Leaves a signal time to arrive before the next step. */
const slowly = { pauseMs: 200 };

/** Runs the script in `run`, sends the signal, and returns what it printed. */
function runOne(run: string, extra: object = {}, ending?: Ending): Promise<Ended> {
  const args = [...programOf('test/training/run-one.ts'), data, path.join(folder, run)];
  const child = spawn(process.execPath, [...args, JSON.stringify({ ...options, ...extra })]);
  let output = '';
  let errors = '';
  child.stderr.on('data', (text) => {
    errors += text;
  });
  child.stdout.on('data', (text) => {
    output += text;
    if (ending !== undefined && hasPrinted(output.split('\n'), ending)) {
      setTimeout(() => child.kill(ending.signal), ending.afterMs);
    }
  });
  return new Promise((resolve) => {
    child.on('close', () => resolve({ lines: output.trim().split('\n'), errors }));
  });
}

const hasPrinted = (lines: string[], { at }: Ending): boolean =>
  typeof at === 'number' ? lines.length > at : lines.includes(at);

const isClaimed = async (run: string): Promise<boolean> =>
  (await readdir(path.join(folder, run))).some((name) => name.startsWith('lock-'));

/** The bytes of the weights of the last and the best epoch, and the history without times. */
async function resultOf(run: string): Promise<{ weights: Buffer; history: string[] }> {
  const weightsIn = async (name: string) => {
    const model = path.join(folder, run, name);
    const file = (await readdir(model)).find((each) => each.endsWith('.bin')) as string;
    return readFile(path.join(model, file));
  };
  const csv = await readFile(path.join(folder, run, 'history.csv'), 'utf8');
  return {
    weights: Buffer.concat([await weightsIn('model'), await weightsIn('best')]),
    history: csv.split('\n').map((line) => line.split(',').slice(0, 6).join(',')),
  };
}

test('when a run is killed after an epoch and resumed then its weights equal those of an uninterrupted run', async () => {
  const whole = await runOne('whole');
  assert.equal(whole.lines.at(-1), 'finished', whole.errors);
  const killed = await runOne('killed', {}, { at: 'epoch 1', signal: 'SIGKILL' });
  assert.ok(!killed.lines.includes('epoch 3'), 'killed too late');
  assert.ok(await isClaimed('killed'), 'a killed process cannot have tidied up');
  // What a kill leaves while a checkpoint is written, and before the earlier one is removed.
  const checkpoints = path.join(folder, 'killed', 'checkpoint');
  const ofKilled = (await temporaryName('epoch-000002-batch-00000000')).replace(
    /-\d+-\d+-(?=\w+\.tmp$)/,
    '-0-0-',
  );
  for (const name of ['unfinished', 'epoch-000000-batch-00000001', ofKilled]) {
    await mkdir(path.join(checkpoints, name));
  }
  const resumed = await runOne('killed', { resume: true });
  assert.equal(resumed.lines.at(-1), 'finished', resumed.errors);
  assert.ok(!resumed.lines.includes('epoch 1'), 'began anew');
  assert.ok(!(await isClaimed('killed')), 'still claimed');
  assert.deepEqual(await readdir(checkpoints), ['epoch-000003-batch-00000000']);
  const [one, other] = [await resultOf('whole'), await resultOf('killed')];
  assert.ok(one.weights.equals(other.weights), 'weights differ');
  assert.deepEqual(other.history, one.history);
  assert.equal(one.history.length, 1 + 3 + 1);
});

test('when a run is interrupted within an epoch then it saves, stops and resumes at exactly that step', async () => {
  const stopped = await runOne('interrupted', slowly, { at: 'train 2 8', signal: 'SIGINT' });
  assert.equal(stopped.lines.at(-1), 'stopped', stopped.errors);
  const names = await readdir(path.join(folder, 'interrupted', 'checkpoint'));
  assert.equal(names.length, 1);
  assert.equal(names[0], 'epoch-000001-batch-00000001');
  const resumed = await runOne('interrupted', { resume: true });
  assert.ok(!resumed.lines.includes('train 2 8'), 'repeated a step');
  const [one, other] = [await resultOf('whole'), await resultOf('interrupted')];
  assert.ok(one.weights.equals(other.weights), 'weights differ');
  assert.deepEqual(other.history, one.history);
});

test('when a run is killed at ten random moments and resumed each time, then its weights equal those of an uninterrupted run', async (t) => {
  const around = { freezeEpochs: 2, averageDecay: 0.5, clipNorm: 1, accumulate: 2, batchSize: 4 };
  const adamw = { optimizer: 'adamw', learningRate: 0.001, momentum: undefined };
  const all = { ...around, ...adamw, epochs: 12 };
  const whole = await runOne('unkilled', all);
  assert.equal(whole.lines.at(-1), 'finished', whole.errors);
  const seed = Date.now() % 2 ** 31;
  t.diagnostic(`moments drawn by the seed ${seed}`);
  const random = randomOf(seed);
  const often = { ...all, checkpointMinutes: 1e-9, resume: true };
  const places = new Set<string>();
  for (let kill = 0; kill < 10; kill++) {
    const moment = { at: 1 + below(random, 4), afterMs: below(random, 30) };
    const killed = await runOne('killed-often', often, { ...moment, signal: 'SIGKILL' });
    assert.notEqual(killed.lines.at(-1), 'finished', 'killed too late');
    for (const name of await readdir(path.join(folder, 'killed-often', 'checkpoint'))) {
      places.add(name);
    }
  }
  const amidEpochs = [...places].filter((name) => /^epoch-\d{6}-batch-0*[1-9]\d*$/.test(name));
  assert.ok(amidEpochs.length >= 2, [...places].join(', '));
  const resumed = await runOne('killed-often', { ...all, resume: true });
  assert.equal(resumed.lines.at(-1), 'finished', resumed.errors);
  const [one, other] = [await resultOf('unkilled'), await resultOf('killed-often')];
  assert.ok(one.weights.equals(other.weights), 'weights differ');
  assert.deepEqual(other.history, one.history);
});

for (const optimizer of Object.keys(optimizers) as (keyof typeof optimizers)[]) {
  test(`when a run by ${optimizer} with every kind of state is interrupted amid a step, then it goes on alike`, async () => {
    const around = { averageDecay: 0.5, clipNorm: 1, accumulate: 2, epochs: 2 };
    const rate = { optimizer, learningRate: 0.001, momentum: undefined };
    const manifest = await loadManifest(data);
    const run = (name: string, given: Partial<TrainOptions>) =>
      train({
        ...{ ...options, ...around, ...rate, manifest, task: 'colour' },
        ...{ run: path.join(folder, name), ...given },
      });
    // Masks depend on the name of the layer.
    const dropout = { name: 'dropout', rate: 0.2, inputShape: [32, 32, 3] };
    const classifier = () => smallClassifier(new Dropout(dropout));
    const [wholeRun, stoppedRun] = [`${optimizer}-whole`, `${optimizer}-stopped`];
    await run(wholeRun, { classifier: classifier() });
    const stop = new AbortController();
    // Two batches make a step, so the first of an epoch ends amid one.
    const callbacks = [{ step: ({ step }: StepFacts) => step === 4 && stop.abort() }];
    await run(stoppedRun, { classifier: classifier(), signal: stop.signal, callbacks });
    const { finished } = await run(stoppedRun, { resume: true });
    assert.ok(finished);
    const [one, other] = [await resultOf(wholeRun), await resultOf(stoppedRun)];
    assert.ok(one.weights.equals(other.weights), 'weights differ');
    assert.deepEqual(other.history, one.history);
  });
}

test('when the seed differs then the weights differ', async () => {
  await runOne('reseeded', { seed: 8 });
  assert.ok(!(await resultOf('reseeded')).weights.equals((await resultOf('whole')).weights));
});

test('when a run is resumed with another option then the option is named', async () => {
  const { errors } = await runOne('whole', { resume: true, momentum: 0.5 });
  assert.match(errors, /begun with other settings \(momentum was 0\.8, is 0\.5\)/);
});

test('when a folder holds a run then starting over in it is refused', async () => {
  const { errors } = await runOne('whole');
  assert.match(
    errors,
    /Expected a folder without a run for run but received "\S+"\. It already has a run: continue it with --resume \(in a program `resume: true`\), or name another folder/,
  );
});
