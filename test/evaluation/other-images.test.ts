/** Which images evaluate scores: those that no classifier was trained on, or it warns. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type Manifest, taskOf } from '../../src/dataset/index.js';
import { evaluate, findSuspects } from '../../src/evaluation/index.js';
import { type Classifier, type Head, loadClassifier } from '../../src/model/index.js';
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

const samples = Array.from(manifest.samples, (each, index) => ({ ...each, fold: index % 3 }));
const divided: Manifest = { ...manifest, folds: 3, samples };
const held = samples.filter(({ fold }) => fold < 2);

test('when classifiers were trained on folds, then each answers for the images that its training held back', async () => {
  const options = { manifest: divided, task: 'colour', epochs: 1, batchSize: 8 };
  const classifiers: Classifier[] = [];
  for (const fold of [0, 1]) {
    const run = path.join(folder, `fold-${fold}`);
    await train({ ...options, run, fold, classifier: smallClassifier() });
    classifiers.push(await loadClassifier(run));
  }
  const done: number[] = [];
  const predictions = path.join(folder, 'tables', 'predictions.csv');
  const both = await evaluate({
    ...{ manifest: divided, task: 'colour', classifiers, predictions },
    onProgress: (progress) => done.push(progress.done),
  });
  assert.equal(both.images, held.length);
  assert.equal(done.at(-1), held.length);
  const table = await readCells(predictions);
  assert.deepEqual(
    table.shift(),
    'path,offset,task,fold,label,maybe,p_red,p_green,p_blue'.split(','),
  );
  assert.equal(table.length, held.length);
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
    for (const [row, { path: file, label }] of own.entries()) {
      const [, ...cells] = table.find(([name]) => name === file) ?? [];
      const name = ['red', 'green', 'blue'][label];
      assert.deepEqual(cells.slice(0, 5), ['', 'colour', `${fold}`, name, '']);
      const numbers = Float32Array.from(cells.slice(5).map(Number));
      assert.deepEqual(numbers, probabilities.slice(3 * row, 3 * row + 3));
    }
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

test('when images with lists of labels are scored out of fold, then their table has the lists, and one that fails leaves it as it was', async () => {
  const { classes } = taskOf(divided, 'colour');
  const heads: Head[] = [{ task: 'colour', classes, labels: 'any', from: 0, to: 3 }];
  const classifiers = [0, 1].map((fold) => ({ ...smallClassifier(), heads, fold }));
  const predictions = path.join(folder, 'lists', 'predictions.csv');
  const tags: Manifest = {
    ...divided,
    tasks: [{ ...taskOf(divided, 'colour'), labels: 'any' }],
    samples: samples.map((each, index) => ({
      ...each,
      label: -1,
      labels: index % 5 === 0 ? [] : [0, 2],
    })),
  };
  const listed = await evaluate({ manifest: tags, task: 'colour', classifiers, predictions });
  assert.equal(listed.images, held.length);
  const kinds = (await readCells(predictions)).map(([, , , , labels]) => labels);
  assert.deepEqual(new Set(kinds), new Set(['labels', '', 'red|blue']));
  const written = await readCells(predictions);
  const gone = { manifest: { ...tags, root: '/none' }, task: 'colour', classifiers };
  await assert.rejects(evaluate({ ...gone, predictions }), /none/);
  assert.deepEqual(await readCells(predictions), written);
  assert.deepEqual(await readdir(path.dirname(predictions)), ['predictions.csv']);
  await assert.rejects(
    evaluate({ ...gone, predictions: folder }),
    /a file for predictions but rec/,
  );
});

test('when labels are planted that are wrong, then predictions out of fold find these and no others', async () => {
  const planted = ['0-3.jpg', '2-5.jpg'];
  const faulty: Manifest = {
    ...divided,
    samples: samples.map((each) => (planted.includes(each.path) ? { ...each, label: 1 } : each)),
  };
  const classifiers: Classifier[] = [];
  for (const fold of [0, 1, 2]) {
    const run = path.join(folder, `planted-${fold}`);
    const options = { manifest: faulty, task: 'colour', batchSize: 8, epochs: 12 };
    await train({ ...options, run, fold, learningRate: 0.1, classifier: smallClassifier() });
    classifiers.push(await loadClassifier(run));
  }
  const predictions = path.join(folder, 'planted.csv');
  await evaluate({ manifest: faulty, task: 'colour', classifiers, predictions });
  const [found] = await findSuspects({ manifest: faulty, predictions: [predictions] });
  assert.equal(found?.images, samples.length);
  assert.deepEqual(
    found.suspects.map(({ path: name, label }) => `${name} ${label}`).sort(),
    planted.map((name) => `${name} green`),
  );
});

/** The cells of a table without quotes. */
async function readCells(file: string): Promise<string[][]> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => line.split(','));
}
