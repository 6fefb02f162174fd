/** Which epoch is the best, and the weights that a run keeps of it. */
import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { loadClassifier, weightsOf } from '../../src/model/index.js';
import { keepEpochs } from '../../src/training/checkpoint/kept-epochs.js';
import { bestEpoch, bestEpochs, type EpochRecord } from '../../src/training/history.js';
import { type TrainOptions, train } from '../../src/training/index.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { smallClassifier } from '../support/small-classifier.js';

const folder = temporaryFolder();
const manifest = await drawPhotos(path.join(folder, 'data'));
const base = { manifest, task: 'colour', batchSize: 8, seed: 1 };

const history = (...scores: [accuracy: number | undefined, loss: number | undefined][]) =>
  scores.map(([validationAccuracy, validationLoss], index) => {
    return { epoch: index + 1, validationAccuracy, validationLoss } as EpochRecord;
  });

test('when epochs are compared, then the highest accuracy wins, then the lowest loss, then the earlier one', () => {
  const cases: [EpochRecord[], number | undefined][] = [
    [history([0.5, 1], [0.9, 3], [0.8, 0.1]), 2],
    [history([0.9, 3], [0.9, 2], [0.8, 1]), 2],
    [history([0.5, 1], [0.9, 2], [0.9, 2]), 2],
    [history([0, 9], [0, 9]), 1],
    [history([undefined, undefined]), undefined],
    [[], undefined],
  ];
  for (const [records, epoch] of cases) {
    assert.equal(bestEpoch(records)?.epoch, epoch);
  }
});

test('when several epochs are kept, then they are the best in their order', () => {
  const records = history([0.9, 3], [0.9, 2], [undefined, undefined], [0.8, 1], [1, 9]);
  const epochsOf = (bestBy: 'accuracy' | 'loss', keep: number) =>
    bestEpochs(records, { bestBy, keep }).map(({ epoch }) => epoch);
  assert.deepEqual(epochsOf('accuracy', 3), [5, 2, 1]);
  assert.deepEqual(epochsOf('loss', 9), [4, 2, 1, 5]);
});

/** The bytes of the weights in `run`/`name`. */
async function weights(run: string, name: string): Promise<Buffer> {
  const file = (await readdir(path.join(run, name))).find((each) => each.endsWith('.bin'));
  return readFile(path.join(run, name, file as string));
}

/** A run that forgets what it has learned in its first epochs: the later steps are far too large. */
async function worsening(name: string, options: Partial<TrainOptions> = {}) {
  const run = path.join(folder, name);
  const classifier = smallClassifier();
  const values = { classifier, learningRate: 10, epochs: 4, warmUp: 3, ...options };
  return { run, result: await train({ ...base, ...values, run }) };
}

test('when a run ends, then `best` has the weights after its best epoch, and the result says which it is', async () => {
  const { run, result } = await worsening('ended');
  const { best, history } = result;
  assert.ok(best);
  assert.equal(best, bestEpoch(history));
  assert.notEqual(best.epoch, 4);
  const stop = new AbortController();
  const { run: stopped } = await worsening('stopped', {
    signal: stop.signal,
    onEpoch: ({ epoch }) => epoch === best.epoch && stop.abort(),
  });
  assert.deepEqual(await weights(run, 'best'), await weights(stopped, 'best'));
  assert.notDeepEqual(await weights(run, 'best'), await weights(run, 'model'));
  const { classes } = await loadClassifier(path.join(run, 'best'));
  assert.deepEqual(classes, ['red', 'green', 'blue']);
});

test('when a kill came between a checkpoint and its best weights, then the resumed run has them, too', async () => {
  const { run, result } = await worsening('killed', { epochs: 1, warmUp: 0 });
  assert.equal(result.best?.epoch, 1);
  const whole = await weights(run, 'best');
  await rm(path.join(run, 'best'), { recursive: true });
  const again = await train({
    ...base,
    learningRate: 10,
    epochs: 1,
    warmUp: 0,
    run,
    resume: true,
  });
  assert.equal(again.best?.epoch, 1);
  assert.deepEqual(await weights(run, 'best'), whole);
});

test('when three epochs are kept, then `best` and `kept` have the weights of the three best', async () => {
  const classifier = smallClassifier();
  const after = new Map<number, unknown>();
  const { run, result } = await worsening('kept', {
    classifier,
    keep: 3,
    epochs: 6,
    onEpoch: ({ epoch }) => after.set(epoch, weightsOf(classifier.model)),
  });
  const [best, ...others] = bestEpochs(result.history, { bestBy: 'accuracy', keep: 3 });
  const names = others.map(({ epoch }) => `kept/epoch-00000${epoch}`);
  assert.deepEqual(
    (await readdir(path.join(run, 'kept'))).map((name) => `kept/${name}`),
    names.sort(),
  );
  for (const name of ['best', ...names]) {
    const { model, epoch } = await loadClassifier(path.join(run, name));
    assert.deepEqual(weightsOf(model), after.get(epoch as number), name);
    assert.ok(name === 'best' ? epoch === best?.epoch : name.endsWith(`${epoch}`));
  }
});

test('when a kill comes while a new best epoch is kept, then the next call completes it', async () => {
  const run = path.join(folder, 'kept-by-hand');
  const classifier = smallClassifier();
  const contents = async () => {
    const kept = await readdir(path.join(run, 'kept'));
    return [(await loadClassifier(path.join(run, 'best'))).epoch, ...kept];
  };
  await keepEpochs(run, [1], { ...classifier, epoch: 1 });
  // The copy was made, and the new best one not yet saved.
  await cp(path.join(run, 'best'), path.join(run, 'kept', 'epoch-000001'), { recursive: true });
  await keepEpochs(run, [2, 1], { ...classifier, epoch: 2 });
  assert.deepEqual(await contents(), [2, 'epoch-000001']);
  await keepEpochs(run, [2, 3], { ...classifier, epoch: 3 });
  assert.deepEqual(await contents(), [2, 'epoch-000003']);
  // An epoch that is not kept removes what an earlier call did not.
  await cp(path.join(run, 'best'), path.join(run, 'kept', 'epoch-000001'), { recursive: true });
  await keepEpochs(run, [2, 3], { ...classifier, epoch: 4 });
  assert.deepEqual(await contents(), [2, 'epoch-000003']);
  await keepEpochs(run, [5, 2], { ...classifier, epoch: 5 });
  assert.deepEqual(await contents(), [5, 'epoch-000002']);
});

test('when there are no validation images, then no epoch is the best', async () => {
  const samples = manifest.samples.filter(({ split }) => split === 'train');
  const { run, result } = await worsening('unvalidated', {
    manifest: { ...manifest, samples },
    epochs: 1,
    warmUp: 0,
  });
  assert.equal(result.best, undefined);
  assert.ok(!(await readdir(run)).includes('best'));
});
