/** Which images evaluate scores: those that no classifier was trained on, or it warns. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Manifest } from '../../src/dataset/index.js';
import { evaluate } from '../../src/evaluation/index.js';
import { type Classifier, loadClassifier } from '../../src/model/index.js';
import { predict, topClasses } from '../../src/prediction/index.js';
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

test('when classifiers were trained on folds, then each answers for the images that its training held back', async () => {
  const samples = Array.from(manifest.samples, (each, index) => ({ ...each, fold: index % 3 }));
  const divided: Manifest = { ...manifest, folds: 3, samples };
  const options = { manifest: divided, task: 'colour', epochs: 1, batchSize: 8 };
  const classifiers: Classifier[] = [];
  for (const fold of [0, 1]) {
    const run = path.join(folder, `fold-${fold}`);
    await train({ ...options, run, fold, classifier: smallClassifier() });
    classifiers.push(await loadClassifier(run));
  }
  const done: number[] = [];
  const both = await evaluate({
    ...{ manifest: divided, task: 'colour', classifiers },
    onProgress: (progress) => done.push(progress.done),
  });
  const held = samples.filter(({ fold }) => fold < 2);
  assert.equal(both.images, held.length);
  assert.equal(done.at(-1), held.length);
  let right = 0;
  for (const [fold, classifier] of classifiers.entries()) {
    const one = await evaluate({ manifest: divided, task: 'colour', classifier });
    const own = samples.filter((each) => each.fold === fold);
    assert.equal(one.images, own.length);
    const files = own.map((each) => path.join(manifest.root, each.path));
    const { probabilities } = await predict({ classifier, files });
    const topOf = (row: number) => topClasses(probabilities.subarray(3 * row, 3 * row + 3), 1)[0];
    assert.equal(
      one.accuracy,
      own.filter(({ label }, row) => label === topOf(row)).length / own.length,
    );
    right += one.accuracy * own.length;
  }
  assert.equal(both.accuracy, right / held.length);
  await assert.rejects(
    evaluate({
      ...{ manifest: divided, task: 'colour' },
      classifiers: [...classifiers, smallClassifier()],
    }),
    /classifiers that were all trained on folds/,
  );
});
