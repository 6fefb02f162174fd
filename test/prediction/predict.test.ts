/** Prediction on real files: the ten-crop average computed separately, and a row for unreadable images. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import sharp from 'sharp';
import type { Classifier } from '../../src/model/index.js';
import { createLoader, evaluationAugmentation } from '../../src/pipeline/index.js';
import { loadPrediction, predict, savePrediction } from '../../src/prediction/index.js';
import { tf } from '../../src/tensorflow/index.js';
import { temporaryFolder } from '../support/folders.js';

const crop = 8;
const classes = ['a', 'b', 'c'];
const inputs = crop * crop * 3;
const kernel = Float32Array.from({ length: inputs * 3 }, (_, i) => Math.sin(i * 1.7) * 0.05);

const folder = temporaryFolder();
let classifier: Classifier;
let files: string[];

before(async () => {
  files = [
    await picture('wide', 20, 12),
    await picture('tall', 11, 30),
    await picture('square', 16, 16),
  ];
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [crop, crop, 3] }),
      tf.layers.dense({ units: 3, activation: 'softmax', name: 'logits' }),
    ],
  });
  model.layers[1]?.setWeights([tf.tensor2d(kernel, [inputs, 3]), tf.zeros([3])]);
  const preprocessing = {
    resize: 10,
    crop,
    channels: 'rgb' as const,
    mean: [127, 127, 127] as [number, number, number],
    std: [128, 128, 128] as [number, number, number],
  };
  classifier = { model, preprocessing, classes, network: 'flat' };
});

async function picture(name: string, width: number, height: number): Promise<string> {
  const file = path.join(folder, `${name}.jpg`);
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 37 + width) % 251);
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toFile(file);
  return file;
}

/** The dense layer and softmax in plain arithmetic, in double precision. */
function probabilitiesOf(view: Float32Array): number[] {
  const scores = classes.map((_, c) =>
    view.reduce((sum, value, i) => sum + value * (kernel[i * 3 + c] as number), 0),
  );
  const powers = scores.map((score) => Math.exp(score - Math.max(...scores)));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

for (const [crops, views] of [
  ['five', 5],
  ['ten', 10],
] as const) {
  test(`when crops are ${crops}, then each row is the mean of the softmax of ${views} views, across batches`, async () => {
    const loader = createLoader({
      samples: files.map((file) => ({ path: file, label: 0 })),
      preprocessing: classifier.preprocessing,
      augmentation: { ...evaluationAugmentation, crop: crops },
      batchSize: 3,
      threads: 1,
    });
    const expectedRows: number[] = [];
    for await (const batch of loader.epoch(0)) {
      const pixels = batch.pixels();
      batch.release();
      for (let image = 0; image < 3; image++) {
        const rows = Array.from({ length: views }, (_, view) => {
          const start = (image * views + view) * inputs;
          return probabilitiesOf(pixels.subarray(start, start + inputs));
        });
        for (let c = 0; c < 3; c++) {
          expectedRows.push(rows.reduce((sum, row) => sum + (row[c] as number), 0) / views);
        }
      }
    }
    loader.close();
    const { probabilities } = await predict({ classifier, files, crops, batchSize: 20 });
    assert.equal(probabilities.length, expectedRows.length);
    expectedRows.forEach((value, index) => {
      const found = probabilities[index] as number;
      assert.ok(Math.abs(found - value) < 1e-5, `${index}: ${found} ≈ ${value}`);
    });
  });
}

test('when an image is unreadable, then its row is the fallback and it is reported with its reason', async () => {
  const broken = path.join(folder, 'broken.jpg');
  await writeFile(broken, 'not an image');
  const absent = path.join(folder, 'absent.jpg');
  const asked = [files[0] as string, broken, files[1] as string, absent];
  const fallback = [0.5, 0.25, 0.25];
  const all = await predict({ classifier, files: asked, fallback, batchSize: 3 });
  assert.deepEqual([...all.probabilities.subarray(3, 6)], fallback);
  assert.deepEqual([...all.probabilities.subarray(9, 12)], fallback);
  assert.deepEqual(
    all.failures.map(({ index, path: file }) => [index, file]),
    [
      [1, broken],
      [3, absent],
    ],
  );
  for (const { reason } of all.failures) {
    assert.ok(reason.length > 5, reason);
  }
  // In batches of the same sizes, because the last digit of a product depends on them.
  const [wide, tall, square] = files as [string, string, string];
  const whole = await predict({ classifier, files: [wide, square, tall, square], batchSize: 3 });
  assert.deepEqual(all.probabilities.subarray(0, 3), whole.probabilities.subarray(0, 3));
  assert.deepEqual(all.probabilities.subarray(6, 9), whole.probabilities.subarray(6, 9));
});

test('when images are parts of a file, then each part has its row or failure', async () => {
  const shard = path.join(folder, 'shard');
  const images = await Promise.all(files.map((file) => readFile(file)));
  await writeFile(shard, Buffer.concat([...images, Buffer.from('no image')]));
  let end = 0;
  const parts = [...images.map(({ length }) => length), 8].map((length) => {
    end += length;
    return { path: shard, range: { offset: end - length, length } };
  });
  const wanted = await predict({ classifier, files: [...files, path.join(folder, 'absent.jpg')] });
  const found = await predict({ classifier, files: parts });
  assert.deepEqual(found.probabilities, wanted.probabilities);
  assert.deepEqual(
    found.failures.map(({ index, path: file, range }) => ({ index, path: file, range })),
    [{ index: 3, ...parts[3] }],
  );
  assert.equal(found.files[1], `${shard} at byte ${images[0]?.length}`);
});

test('when no fallback is given, then an unreadable image gets the same share for every class', async () => {
  const { probabilities } = await predict({ classifier, files: [path.join(folder, 'absent.jpg')] });
  for (const share of probabilities) {
    assert.ok(Math.abs(share - 1 / 3) < 1e-6);
  }
});

test('when a fallback is no distribution, then it is refused before any image is read', async () => {
  for (const fallback of [
    [0.5, 0.2, 0.2],
    [2, -1, 0],
    [1, 0, Number.NaN],
  ]) {
    await assert.rejects(predict({ classifier, files, fallback }), {
      name: 'InvalidInputError',
      message: `Expected 3 numbers that add up to 1 for fallback but received "${fallback}"`,
    });
  }
});

test('when a weight is not finite, then no class is named, and the error has the image', async () => {
  const dense = classifier.model.layers[1] as tf.layers.Layer;
  const weights = dense.getWeights().map((weight) => weight.clone());
  dense.setWeights([weights[0] as tf.Tensor, tf.tensor1d([0, Number.NaN, 0])]);
  // Whether the softmax spreads the number over all classes depends on TensorFlow's kernel.
  await assert.rejects(predict({ classifier, files, batchSize: 2 }), {
    name: 'InvalidInputError',
    message:
      /^Expected finite probabilities for .*wide\.jpg but received "NaN for [ab]"\. The weights of the classifier are not sound: train it again, or use another$/,
  });
  dense.setWeights(weights);
});

test('when a stored probability is not finite, then its image and file are named', async () => {
  const prediction = await predict({ classifier, files });
  const file = path.join(folder, 'spoilt.json');
  await savePrediction(prediction, file);
  // Without the seal, as earlier versions stored it.
  const { sha256: _, ...stored } = JSON.parse(await readFile(file, 'utf8'));
  for (const [value, shown] of [
    [null, 'NaN'],
    [1e39, 'Infinity'],
  ]) {
    stored.probabilities[4] = value;
    await writeFile(file, JSON.stringify(stored));
    await assert.rejects(loadPrediction(file), {
      name: 'InvalidInputError',
      message: `Expected finite probabilities for ${files[1]} in ${file} but received "${shown} for b". Remove ${file} and predict again`,
    });
  }
  prediction.probabilities[8] = Number.NEGATIVE_INFINITY;
  await assert.rejects(
    savePrediction(prediction, path.join(folder, 'unsaved.json')),
    /finite probabilities for .*square\.jpg but received "-Infinity for c"/,
  );
  await assert.rejects(readFile(path.join(folder, 'unsaved.json')), { code: 'ENOENT' });
});

test('when the requested classes are in another order, then the classifier is refused', async () => {
  await assert.rejects(predict({ classifier, files, classes: ['b', 'a', 'c'] }), {
    name: 'InvalidInputError',
    message: 'Expected classes b, a, c for classifier but received "a, b, c"',
  });
});

test('when predicting many images, then no tensor is left behind', async () => {
  const tensors = tf.memory().numTensors;
  await predict({ classifier, files, crops: 'ten', batchSize: 1 });
  assert.equal(tf.memory().numTensors, tensors);
});

test('when a prediction is saved and loaded, then every float32 digit is the same', async () => {
  const prediction = await predict({ classifier, files });
  const file = path.join(folder, 'saved', 'prediction.json');
  await savePrediction(prediction, file);
  assert.deepEqual(await loadPrediction(file), prediction);
});
