/** The moments of a run: when callbacks are called and with what, and what they may ask for. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { loadClassifier } from '../../../src/model/index.js';
import {
  type Callback,
  type EndFacts,
  type StepFacts,
  type TrainOptions,
  train,
} from '../../../src/training/index.js';
import { temporaryFolder } from '../../support/folders.js';
import { drawPhotos } from '../../support/photos.js';
import { smallClassifier } from '../../support/small-classifier.js';

const folder = temporaryFolder();
const manifest = await drawPhotos(path.join(folder, 'data'));
const base = { manifest, task: 'colour', batchSize: 8, epochs: 2, seed: 1 };

/** A run with three steps an epoch. */
const trained = (name: string, callbacks: Callback[], options: Partial<TrainOptions> = {}) =>
  train({
    ...base,
    run: path.join(folder, name),
    ...(options.resume === true ? {} : { classifier: smallClassifier() }),
    callbacks,
    ...options,
  });

const weightsOf = async (name: string) => {
  const { model } = await loadClassifier(path.join(folder, name, 'model'));
  return model.weights.map((weight) => [...weight.read().dataSync()]);
};

test('when a run has callbacks, then each is called at its moments, in the order of the list, and is awaited', async () => {
  const calls: string[] = [];
  const rates: number[] = [];
  const slow: Callback = {
    begin({ tasks, images, validationImages, epochs, stepsPerEpoch, finishedSteps, options }) {
      const { batchSize, augmentation } = options;
      const facts = [tasks, images, validationImages, epochs, stepsPerEpoch, finishedSteps];
      calls.push(`begin ${[...facts, batchSize, augmentation.crop].join(' ')}`);
    },
    async step({ step, epoch, done, loss }) {
      await nextTurn();
      assert.ok(loss > 0);
      calls.push(`${step}: ${epoch} ${done}`);
    },
    async epoch({ epoch }) {
      const [name] = await readdir(path.join(folder, 'moments/checkpoint'));
      calls.push(`epoch ${epoch} ${name}`);
    },
    end({ finished, history, best, error }) {
      calls.push(`end ${[finished, history.length, best !== undefined, error].join(' ')}`);
    },
  };
  const second: Callback = {
    step: ({ learningRate }) => {
      calls.push('second');
      rates.push(learningRate);
    },
  };
  const { history } = await trained('moments', [slow, second]);
  assert.deepEqual(calls, [
    'begin colour 24 9 2 3 0 8 random-resized',
    ...['1: 1 8', 'second', '2: 1 16', 'second', '3: 1 24', 'second'],
    'epoch 1 epoch-000001-batch-00000000',
    ...['4: 2 8', 'second', '5: 2 16', 'second', '6: 2 24', 'second'],
    'epoch 2 epoch-000002-batch-00000000',
    'end true 2 true ',
  ]);
  assert.deepEqual(
    [rates[2], rates[5]],
    history.map(({ learningRate }) => learningRate),
  );
  calls.length = 0;
  await trained('moments', [slow], { resume: true });
  assert.deepEqual(calls, []);
});

test('when a callback stops a run and sets the rate, then it resumes after that step, with that rate', async () => {
  const set: Callback = {
    step: ({ step }, { setLearningRate }) => step === 2 && setLearningRate(0.003),
  };
  const rates: number[] = [];
  const watch: Callback = { step: ({ learningRate }) => rates.push(learningRate) };
  await trained('whole', [set, watch]);
  assert.deepEqual(rates.slice(2), [0.003, 0.003, 0.003, 0.003]);
  assert.notEqual(rates[1], 0.003);

  let ended: EndFacts | undefined;
  const stop: Callback = {
    step: ({ step }, control) => step === 4 && control.stop(),
    end: (facts) => {
      ended = facts;
    },
  };
  const { finished, history } = await trained('stopped', [set, stop]);
  assert.deepEqual([finished, history.length, ended?.finished], [false, 1, false]);
  let resumedAt: unknown;
  const begin: Callback['begin'] = ({ finishedSteps, history }) => {
    resumedAt = [finishedSteps, history.length];
  };
  rates.length = 0;
  const result = await trained('stopped', [{ begin }, watch], { resume: true });
  assert.deepEqual(resumedAt, [4, 1]);
  assert.deepEqual(rates, [0.003, 0.003]);
  assert.equal(result.history[1]?.learningRate, 0.003);
  assert.deepEqual(await weightsOf('stopped'), await weightsOf('whole'));

  const atBegin = await trained('unbegun', [{ begin: (_, control) => control.stop() }]);
  assert.deepEqual([atBegin.finished, atBegin.history.length], [false, 0]);
});

test('when callbacks log numbers, then those behind them get them, and the history and checkpoints keep them', async () => {
  const seen: object[] = [];
  const log: Callback = {
    step({ step }, control) {
      control.log('norm', step);
      if (step === 1) {
        control.log('once', 1);
      }
      assert.throws(() => control.log('__proto__', 1), /Expected letters, .* for the name of log/);
      assert.throws(() => control.log('x', Number.NaN), /Expected a finite number for log x/);
      assert.throws(() => control.setLearningRate(-1), /Expected a finite number of at least 0/);
    },
    epoch: ({ epoch }, control) => control.log('f1', epoch / 10),
  };
  const behind: Callback = {
    step: ({ logged }) => seen.push(logged),
    epoch: ({ logged }) => seen.push({ ...logged }),
  };
  const stop: Callback = { step: ({ step }, control) => step === 5 && control.stop() };
  await trained('logged', [log, behind, stop]);
  const first = { norm: 3, once: 1, f1: 0.1 };
  assert.deepEqual(seen, [
    ...[{ norm: 1, once: 1 }, { norm: 2 }, { norm: 3 }],
    ...[first, { norm: 4 }, { norm: 5 }],
  ]);
  const { history } = await trained('logged', [], { resume: true });
  assert.deepEqual(
    history.map(({ logged }) => logged),
    [first, { norm: 5 }],
  );
});

test('when a callback fails, then the run ends with its name and a checkpoint, and the others are told', async () => {
  const fault = new Error('no route to the server');
  const told: EndFacts[] = [];
  const other: Callback = { end: (facts) => told.push(facts) };
  const failing: Callback = {
    name: 'tracker',
    step({ step }) {
      if (step === 2) {
        throw fault;
      }
    },
  };
  const message = 'The callback tracker failed in step: no route to the server';
  await assert.rejects(trained('failed', [failing, other]), { message, cause: fault });
  assert.deepEqual(
    told.map(({ finished, error }) => [finished, error?.message]),
    [[false, message]],
  );
  let resumed: StepFacts | undefined;
  const { finished } = await trained('failed', [{ step: (facts) => (resumed ??= facts) }], {
    resume: true,
  });
  assert.deepEqual([finished, resumed?.step], [true, 3]);

  const async: Callback = { epoch: () => Promise.reject(fault) };
  await assert.rejects(
    trained('epoch', [other, async], { epochs: 1 }),
    /callback 2 of the list failed in epoch/,
  );
  assert.ok((await readdir(path.join(folder, 'epoch'))).includes('model'));
  await assert.rejects(
    trained('begun', [{ begin: () => Promise.reject(fault) }]),
    /failed in begin/,
  );
  assert.ok(!(await readdir(path.join(folder, 'begun'))).includes('checkpoint'));
  const typo = [{ onEpoch: () => {} }] as object as Callback[];
  await assert.rejects(trained('typo', typo), /a list of callbacks, each with at least one of/);
});
