/** The targets that `fit` makes of labels, and the labels, outputs and losses that it refuses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveSample } from '../../../src/dataset/index.js';
import {
  type Batch,
  createLoader,
  type Loader,
  type PixelType,
} from '../../../src/pipeline/index.js';
import { adoptBatch, targetsOf, tf } from '../../../src/tensorflow/index.js';
import { fit } from '../../../src/training/index.js';
import { assertClose, classes, loaderOf, manifest, preprocessing } from '../../support/fitting.js';

/** A linear model of 16 × 16 pixels with this many outputs, the same weights each time. */
const headed = (units: number, loss: string, metrics = ['accuracy']) => {
  const activation = units === 1 ? 'sigmoid' : 'softmax';
  const kernelInitializer = tf.initializers.glorotNormal({ seed: 3 });
  const model = tf.sequential({
    layers: [
      tf.layers.globalAveragePooling2d({ inputShape: [16, 16, 3] }),
      tf.layers.dense({ units, activation, kernelInitializer }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(0.1), loss, metrics });
  return model;
};

test('when the loss takes classes, then it gets them, and the losses equal those of rows', async () => {
  const loader = loaderOf('train');
  const histories = [];
  for (const loss of ['categoricalCrossentropy', 'sparseCategoricalCrossentropy']) {
    const { history } = await fit(headed(classes, loss), loader, { epochs: 2 });
    histories.push(history);
  }
  const [rows, sparse] = histories as [Record<string, number[]>, Record<string, number[]>];
  assertClose(sparse.loss as number[], rows.loss as number[]);
  assertClose(sparse.acc as number[], rows.acc as number[]);
  loader.close();
});

test('when a model has one output, then it learns the probability of class 1', async (t) => {
  const samples = manifest.samples
    .filter(({ label }) => label < 2)
    .map((sample) => resolveSample(manifest, sample));
  const loader = createLoader({ samples, preprocessing, batchSize: samples.length });
  t.after(() => loader.close());
  const model = headed(1, 'binaryCrossentropy');
  const batch: Batch = (await loader.epoch(0).next()).value;
  const { labels } = batch;
  const outputs = (model.predict(adoptBatch(batch)) as tf.Tensor).dataSync();
  const { history } = await fit(model, loader, { epochs: 1 });
  const losses = [...labels].map((label, i) => {
    const p = outputs[i] as number;
    return -Math.log(label === 1 ? p : 1 - p);
  });
  assertClose(history.loss as number[], [losses.reduce((a, b) => a + b) / losses.length]);
  const right = [...labels].filter((label, i) => label === ((outputs[i] as number) > 0.5 ? 1 : 0));
  assertClose(history.acc as number[], [right.length / labels.length]);
});

test('when labels do not fit the model or its loss, then fit refuses before the first step', async () => {
  const [loader, mixing] = [loaderOf('train'), loaderOf('train', { augmentation: { mixup: 1 } })];
  const negative = loaderOf('train', {
    samples: Array.from(loader.samples, (sample, i) =>
      i === 7 ? { ...sample, label: -1 } : sample,
    ),
  });
  const conv = tf.sequential({
    layers: [tf.layers.conv2d({ inputShape: [16, 16, 3], filters: classes, kernelSize: 3 })],
  });
  conv.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
  const cross = 'categoricalCrossentropy';
  const refusals: [tf.LayersModel, Loader, RegExp][] = [
    [
      headed(2, cross),
      loader,
      /label from 0 to 1, as \S+ has 2 outputs, for .*2-0\.jpg but received 2\. Give/,
    ],
    [headed(2, 'sparseCategoricalCrossentropy'), loader, /label from 0 to 1, .* received 2/],
    [
      headed(1, 'binaryCrossentropy'),
      loader,
      /label from 0 to 1, as \S+ has 1 output, .* received 2/,
    ],
    [headed(1, cross), loader, /The loss categoricalCrossentropy .* with a model with one output/],
    [headed(3, cross), negative, /label from 0 to 2, .*0-7\.jpg but received -1/],
    [
      headed(3, 'sparseCategoricalCrossentropy'),
      mixing,
      /cannot be combined with mixup and cutmix/,
    ],
    [
      headed(3, 'hinge'),
      loader,
      /The loss hinge cannot be combined with labels\. It takes −1 and 1/,
    ],
    [
      headed(3, cross, ['sparseCategoricalCrossentropy']),
      loader,
      /metric sparseCategoricalCrossentropy cannot/,
    ],
    [
      headed(3, 'sparseCategoricalCrossentropy', ['categoricalAccuracy']),
      loader,
      /The metric categoricalAccuracy cannot be combined with classes as targets/,
    ],
    [
      conv,
      loader,
      /Expected \[images, classes\] for the output of \S+ but received \[null,14,14,3\]/,
    ],
  ];
  for (const [model, from, message] of refusals) {
    await assert.rejects(fit(model, from), { name: 'InvalidInputError', message });
    // The model is free again.
    await assert.rejects(fit(model, from), message);
  }
  const short = (batch: Batch<PixelType>) => targetsOf(batch, classes).slice([0, 0], [1, classes]);
  await assert.rejects(
    fit(headed(classes, cross), loader, { targets: short }),
    /Expected a row for each of 5 images for targets but received \[1,3\]/,
  );
  for (const each of [loader, mixing, negative]) {
    each.close();
  }
});
