/** Classifying with several classifiers, in pieces, and with wrong arguments. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { createLoader, evaluationAugmentation } from '../../src/pipeline/index.js';
import {
  type ClassifyRequest,
  classify,
  classifyBatches,
  ensemble,
  predict,
} from '../../src/prediction/index.js';
import { adoptBatch, tf } from '../../src/tensorflow/index.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { smallClassifier } from '../support/small-classifier.js';

const folder = temporaryFolder();
const manifest = await drawPhotos(folder, { training: 1, validation: 1 });
const files = manifest.samples.map((sample) => path.join(folder, sample.path));
const absent = path.join(folder, 'absent.jpg');

/** Gives other answers, for other sizes of images. */
function otherClassifier() {
  const classifier = smallClassifier();
  const [kernel, ...rest] = classifier.model.getWeights() as [tf.Tensor, ...tf.Tensor[]];
  classifier.model.setWeights([kernel.mul(-1), ...rest]);
  return { ...classifier, preprocessing: { ...classifier.preprocessing, resize: 40 } };
}

const classifiers = [smallClassifier(), otherClassifier(), smallClassifier()];

test('when several classifiers answer, then their probabilities are the weighted mean of each alone', async () => {
  const weights = [3, 1, 0];
  const alone = [];
  for (const classifier of classifiers) {
    alone.push(await predict({ classifier, files, batchSize: 4 }));
  }
  assert.notDeepEqual(alone[0]?.probabilities, alone[1]?.probabilities);
  const wanted = ensemble(alone, weights);
  const found = await predict({ classifiers, weights, files, batchSize: 4 });
  assert.deepEqual(found.classes, wanted.classes);
  for (const [index, value] of wanted.probabilities.entries()) {
    const difference = Math.abs(value - (found.probabilities[index] as number));
    assert.ok(difference < 1e-6, `${index}: ${difference}`);
  }
});

test('when an image has several views, then its probabilities are their mean', async () => {
  const classifier = smallClassifier();
  const { preprocessing } = classifier;
  const views = { mirror: true, scales: [1, 1.25], rotations: [10] };
  const each: Float32Array[] = [];
  for (const scale of views.scales) {
    const resize = Math.round(preprocessing.resize * scale);
    for (const mirror of [false, true]) {
      for (const turn of [0, 10, -10]) {
        const given = { ...preprocessing, resize };
        const samples = files.map((file) => ({ path: file, label: 0 }));
        const request = { samples, preprocessing: given, augmentation: evaluationAugmentation };
        using loader = createLoader({ ...request, variants: [{ mirror, turn }] });
        for await (const batch of loader.epoch(0)) {
          const rows = tf.tidy(() => classifier.model.predict(adoptBatch(batch)) as tf.Tensor);
          each.push((await rows.data()) as Float32Array);
        }
      }
    }
  }
  const arithmetic = await predict({ classifier, files, ...views });
  const geometric = await predict({
    classifier,
    files,
    ...views,
    mean: 'geometric',
    batchSize: 40,
  });
  for (let row = 0; row < arithmetic.probabilities.length; row += 3) {
    const columns = [row, row + 1, row + 2];
    const products = columns.map((at) =>
      each.reduce((product, rows) => product * (rows[at] as number) ** (1 / each.length), 1),
    );
    const total = products.reduce((sum, product) => sum + product);
    for (const [index, at] of columns.entries()) {
      const sum = each.reduce((all, rows) => all + (rows[at] as number), 0);
      const found = [arithmetic, geometric].map(({ probabilities }) => probabilities[at] as number);
      const wanted = [sum / each.length, (products[index] as number) / total];
      const isNear = found.every((value, i) => Math.abs(value - (wanted[i] as number)) < 1e-6);
      assert.ok(isNear, `${at}: ${found} in place of ${wanted}`);
    }
  }
  const ten = predict({ classifier, files, mirror: true, crops: 'ten' });
  await assert.rejects(ten, /mirror cannot be combined with crops ten/);
});

test('when there are more images than a loader takes, then batches and failures count on', async () => {
  const classifier = smallClassifier();
  const length = 16_390;
  const many = { length, at: (index: number) => (index === length - 2 ? absent : files[0]) };
  const rows: number[] = [];
  const failures: number[] = [];
  const request = { classifier, files: many, batchSize: 512 };
  for await (const batch of classifyBatches(request)) {
    assert.equal(batch.start, rows.length);
    assert.equal(batch.probabilities.length, 3 * batch.count);
    failures.push(...batch.failures.map(({ index }) => index));
    for (let row = 0; row < batch.count; row++) {
      rows.push(batch.probabilities[3 * row] as number);
    }
  }
  assert.equal(rows.length, length);
  assert.deepEqual(failures, [length - 2]);
  assert.equal(rows[length - 2], 0);
  const [first] = rows as [number];
  assert.ok(rows.every((value, row) => row === length - 2 || Math.abs(value - first) < 1e-5));
});

test('when paths are relative, then those of the prediction are absolute', async () => {
  const relative = [...files, absent].map((file) => path.relative(process.cwd(), file));
  const found = await predict({ classifier: smallClassifier(), files: relative });
  assert.deepEqual(found.files, [...files, absent]);
  assert.equal(found.failures[0]?.path, absent);
});

test('when an argument is wrong, then the error is a sentence', async () => {
  const [classifier] = classifiers as [(typeof classifiers)[0]];
  const loading = '`await loadClassifier(folder)` gives that of a run';
  const wrong: [object, string][] = [
    [{ classifier, files: 'a.png' }, 'Expected a list of paths for files but received "a.png"'],
    [{ classifier }, 'Missing a list of paths for files'],
    [
      { classifier, files: [7] },
      'Expected a path, or { path, range, box } for files[0] but received 7',
    ],
    [{ files }, `Missing a classifier for classifier. ${loading}`],
    [{ classifiers: [], files }, `Missing a classifier for classifier. ${loading}`],
    [
      { classifier: Promise.resolve(classifier), files },
      `Expected a classifier for classifier but received {}. ${loading}`,
    ],
    [
      { classifier, classifiers, files },
      'classifier cannot be combined with classifiers. Give one classifier, or the list of an ensemble',
    ],
    [
      { classifiers: [classifier, { ...classifier, classes: ['a', 'b', 'c'] }], files },
      'Expected classes red, green, blue for classifiers[1] but received "a, b, c"',
    ],
    [
      { classifiers: [{ ...classifier, task: 'hat' }], classes: ['a', 'b'], files },
      'Expected classes a, b for classifier, trained for task hat, but received "red, green, blue"',
    ],
    [
      { classifiers, weights: [1, 2], files },
      'Expected 3 numbers of at least 0, not all 0, for weights but received [1,2]',
    ],
    [
      { classifier, files, crop: 'ten' },
      'Expected the name of an option for a key of classify but received "crop". Did you mean crops?',
    ],
  ];
  for (const [request, message] of wrong) {
    await assert.rejects(classify(request as ClassifyRequest), {
      name: 'InvalidInputError',
      message,
    });
  }
  await assert.rejects(predict({ classifier, files, fallbak: [] } as never), {
    message:
      'Expected the name of an option for a key of predict but received "fallbak". Did you mean fallback?',
  });
});
