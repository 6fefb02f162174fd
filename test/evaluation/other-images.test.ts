/** Validation images that are not those of a training: some may have been trained on. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Manifest } from '../../src/dataset/index.js';
import { evaluate } from '../../src/evaluation/index.js';
import { loadClassifier } from '../../src/model/index.js';
import { train } from '../../src/training/index.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { smallClassifier } from '../support/small-classifier.js';

const folder = temporaryFolder();
const manifest = await drawPhotos(path.join(folder, 'data'));
const split = { train: 'validation', validation: 'train' } as const;
const exchanged: Manifest = {
  ...manifest,
  samples: Array.from(manifest.samples, (each) => ({ ...each, split: split[each.split] })),
};

test('when validation images are others than those of the training, then evaluate warns and a resume is refused', async () => {
  const warnings: string[] = [];
  process.on('warning', ({ message }) => warnings.push(message));
  const run = path.join(folder, 'run');
  const options = { manifest, task: 'colour', run, epochs: 1, batchSize: 8 };
  await train({ ...options, classifier: smallClassifier() });
  const classifier = await loadClassifier(run);
  await evaluate({ manifest, task: 'colour', classifier });
  await evaluate({ manifest: exchanged, task: 'colour', classifier, split: 'train' });
  const { validationImages: _, ...unknown } = classifier;
  await evaluate({ manifest: exchanged, task: 'colour', classifier: unknown });
  await setImmediate();
  assert.deepEqual(warnings, []);
  await evaluate({ manifest: exchanged, task: 'colour', classifier });
  await setImmediate();
  assert.deepEqual(warnings, [
    `The validation images of task colour in ${manifest.root} are not those of the classifier's training: it may have been trained on some of them, and then the scores are too high.`,
  ]);
  await assert.rejects(
    train({ ...options, manifest: exchanged, resume: true }),
    /settings \(the training images are not the same; the validation images are not the same\)\. Repeat/,
  );
});
