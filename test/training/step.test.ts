/** Compares a training step's loss and accuracy for mixed images with arithmetic on their pixels. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { resolveOptions } from '../../src/options.js';
import { type Batch, createLoader } from '../../src/pipeline/index.js';
import { jit, targetsOf, tf } from '../../src/tensorflow/index.js';
import { trainOptions } from '../../src/training/index.js';
import { rowLosses } from '../../src/training/loss/options.js';
import { Updater } from '../../src/training/optimizer/index.js';
import { splitNetwork } from '../../src/training/run/network.js';
import { type Objective, oneLabel } from '../../src/training/run/objective.js';
import { stepInput, stepSettings, trainingStep } from '../../src/training/run/step.js';
import { temporaryFolder } from '../support/folders.js';
import { plainPixels, writePictures } from '../support/pictures.js';

const classes = 3;
/** The kernel of the dense layer, [channels, classes]. */
const kernel = [
  [0.02, -0.01, 0.005],
  [-0.01, 0.015, 0.01],
  [0.002, 0.001, -0.012],
];

/** A model from mean colours to logits, so that the logits can be computed by hand. */
function meanColourModel(): tf.LayersModel {
  const dense = tf.layers.dense({ units: classes, useBias: false });
  const model = tf.sequential({
    layers: [
      tf.layers.globalAveragePooling2d({ inputShape: [32, 32, 3] }),
      dense,
      tf.layers.softmax(),
    ],
  });
  dense.setWeights([tf.tensor2d(kernel)]);
  return model;
}

/** A batch of twelve pictures in three classes, some of them mixed. */
async function mixedBatch(t: TestContext): Promise<Batch> {
  const samples = await writePictures(temporaryFolder(t), { count: 12, width: 60, height: 50 });
  const loader = createLoader({
    samples: samples.map(({ path, label }) => ({ path, label: label % classes })),
    preprocessing: plainPixels(40, 32),
    augmentation: { mixup: 1, cutmix: 1, mixProbability: 0.8 },
    batchSize: 12,
    seed: 7,
  });
  t.after(() => loader.close());
  return (await loader.epoch(0).next()).value;
}

/** The labels of each row and their shares. */
const sharesOf = ({ labels, partnerLabels, weights }: Batch) =>
  [...weights].map((weight, row) => ({
    own: labels[row] as number,
    partner: partnerLabels[row] as number,
    weight,
  }));

function logProbabilities(image: Float32Array): number[] {
  const means = [0, 1, 2].map(
    (channel) =>
      image.reduce((sum, value, i) => sum + (i % 3 === channel ? value : 0), 0) / (32 * 32),
  );
  const logits = [0, 1, 2].map((k) =>
    means.reduce((sum, mean, c) => sum + mean * (kernel[c]?.[k] as number), 0),
  );
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return logits.map((logit) => logit - total);
}

test('when a batch is mixed then its targets divide 1 between both classes by their weights', async (t) => {
  const batch = await mixedBatch(t);
  const targets = targetsOf(batch, classes).arraySync();
  sharesOf(batch).forEach(({ own, partner, weight }, row) => {
    const wanted = [0, 0, 0];
    wanted[own] = weight;
    wanted[partner] = (wanted[partner] as number) + 1 - weight;
    (targets[row] as number[]).forEach((value, k) => {
      assert.ok(Math.abs(value - (wanted[k] as number)) < 1e-6);
    });
  });
  batch.release();
});

test('when a label has no class then its targets are refused', async (t) => {
  const batch = await mixedBatch(t);
  assert.throws(
    () => targetsOf(batch, classes - 1),
    /Expected a label below 2, the number of classes, for sample \d+ but received 2\. A model needs/,
  );
  const negative = new Int32Array(batch.count).fill(-1);
  assert.throws(
    () => targetsOf(Object.assign(batch, { labels: negative }), classes),
    /received -1/,
  );
  batch.release();
});

test('when a batch is mixed then loss and accuracy use both labels by their weights', async (t) => {
  const batch = await mixedBatch(t);
  const shares = sharesOf(batch);
  assert.ok(shares.some(({ weight }) => weight === 1));
  assert.ok(shares.some(({ weight }) => weight < 0.5));
  const pixels = batch.pixels();
  const smoothing = 0.1;
  let loss = 0;
  let correct = 0;
  let correctByOwn = 0;
  shares.forEach(({ own, partner, weight }, row) => {
    const values = 32 * 32 * 3;
    const logs = logProbabilities(pixels.subarray(row * values, (row + 1) * values));
    const crossEntropy = (label: number) =>
      -(1 - smoothing) * (logs[label] as number) -
      (smoothing / classes) * logs.reduce((sum, log) => sum + log, 0);
    loss += weight * crossEntropy(own) + (1 - weight) * crossEntropy(partner);
    const top = logs.indexOf(Math.max(...logs));
    correct += top === (weight >= 0.5 ? own : partner) ? 1 : 0;
    correctByOwn += top === own ? 1 : 0;
  });
  assert.notEqual(correct, correctByOwn, 'both are equal: use another seed');
  const network = splitNetwork(meanColourModel());
  const values = resolveOptions(trainOptions, { labelSmoothing: smoothing });
  const updater = new Updater(network.variables, values);
  const objective = oneLabel(classes, rowLosses(values)) as Objective;
  const step = trainingStep({ network, updater, objective });
  const { tensors, images } = stepInput(batch, { objective, pass: 'train' });
  assert.equal(images, 12);
  for (const way of [step, jit(step)]) {
    const [sum, hits] = way(tensors, stepSettings(0, 'step')).dataSync() as Float32Array;
    assert.ok(Math.abs((sum as number) - loss) < 1e-3, `${sum} instead of ${loss}`);
    assert.equal(hits, correct);
  }
});
