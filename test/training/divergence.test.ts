/** A run whose loss or weights stop being finite: it ends at that step, and its last good checkpoint stays. */
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { loadCheckpoint } from '../../src/training/checkpoint/checkpoint.js';
import { type TrainOptions, type TrainProgress, train } from '../../src/training/index.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { smallClassifier } from '../support/small-classifier.js';
import { spoil } from '../support/spoil.js';

const folder = temporaryFolder();
const manifest = await drawPhotos(path.join(folder, 'data'));
const base = { manifest, task: 'colour', batchSize: 8, epochs: 3, seed: 1 };

/** Steps of 99 times the weights, so that the numbers overflow after some epochs. */
const diverging = {
  ...base,
  epochs: 20,
  learningRate: 100,
  weightDecay: 1,
  decayAll: true,
  schedule: 'step',
  warmUp: 0,
} as const;

test('when the loss overflows, then the run ends at that step, and resumes from its last checkpoint', async () => {
  const run = path.join(folder, 'diverged');
  const end =
    /^InvalidInputError: Expected a finite number for the loss of (validation )?batch \d (of|after) epoch (\d) of task colour but received (NaN|-?Infinity)\. The last finite loss was \d.*, so .*lower learning rate \(it is 100\) or a clip norm of 1\. .*--resume/;
  const progress: TrainProgress[] = [];
  const attempt = async (options: Partial<TrainOptions>): Promise<string> => {
    try {
      await train({ ...diverging, run, onProgress: (state) => progress.push(state), ...options });
    } catch (error) {
      return String(error);
    }
    return 'the run ended well';
  };
  const message = await attempt({ classifier: smallClassifier() });
  assert.match(message, end);
  const epoch = Number(end.exec(message)?.[3]);
  assert.ok(epoch > 1);
  assert.ok(progress.every(({ loss }) => Number.isFinite(loss)));
  const checkpoint = path.join(run, 'checkpoint');
  const names = await readdir(checkpoint);
  assert.deepEqual(names, [`epoch-${String(epoch - 1).padStart(6, '0')}-batch-00000000`]);
  const saved = await loadCheckpoint(run);
  const weights = saved?.classifier.model.weights ?? [];
  assert.ok(weights.length > 0 && weights.every((w) => w.read().dataSync().every(Number.isFinite)));
  assert.equal(
    (await readFile(path.join(run, 'history.csv'), 'utf8')).trim().split('\n').length,
    epoch,
  );
  await assert.rejects(readdir(path.join(run, 'model')), { code: 'ENOENT' });

  progress.length = 0;
  assert.match(await attempt({ resume: true }), end);
  assert.equal(progress[0]?.epoch, epoch);
  assert.deepEqual(await readdir(checkpoint), names);
});

test('when a weight that no training loss shows is not finite, then no checkpoint has it', async () => {
  const classifier = smallClassifier();
  spoil(classifier.model, 'moving_variance');
  const run = path.join(folder, 'hidden');
  const samples = manifest.samples.filter(({ split }) => split === 'train');
  await assert.rejects(
    train({ ...base, run, classifier, manifest: { ...manifest, samples } }),
    /a finite number for \S*moving_variance after epoch 1 of task colour but received NaN\. The last finite loss was \d/,
  );
  assert.deepEqual(await readdir(run), ['config.json', 'environment.json', 'history.csv']);
});

test('when an earlier version saved a checkpoint after the loss was NaN, then it is not resumed', async () => {
  const run = path.join(folder, 'spoilt');
  const options = { ...base, run, epochs: 1 };
  await train({ ...options, classifier: smallClassifier() });
  const [name] = await readdir(path.join(run, 'checkpoint'));
  const file = path.join(run, 'checkpoint', name as string, 'state.json');
  // Without the seal, and with NaN as JSON stores it.
  const { sha256: _, ...state } = JSON.parse(await readFile(file, 'utf8'));
  state.position.history[0].loss = null;
  await writeFile(file, JSON.stringify(state));
  await assert.rejects(
    train({ ...options, resume: true }),
    /Expected a finite loss for epoch 1 of the checkpoint in \S+ but received NaN\. Its weights/,
  );
});
