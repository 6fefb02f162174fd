/** Compares jitted with eager training steps, in full and half precision, and tests the event loop. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createModel } from '../../src/model/index.js';
import { resolveOptions } from '../../src/options.js';
import { devices, type JitOptions, jit, tf } from '../../src/tensorflow/index.js';
import { train, trainOptions } from '../../src/training/index.js';
import { rowLosses } from '../../src/training/loss/options.js';
import { Updater } from '../../src/training/optimizer/index.js';
import { splitNetwork } from '../../src/training/run/network.js';
import { oneLabel, type StepTensors } from '../../src/training/run/objective.js';
import { type StepSettings, stepSettings, trainingStep } from '../../src/training/run/step.js';
import { temporaryFolder } from '../support/folders.js';
import { checkLateness } from '../support/lateness.js';
import { drawPhotos } from '../support/photos.js';

type Step = (tensors: StepTensors, settings: StepSettings) => tf.Tensor1D;

const size = 64;
const batch = 8;
const classes = 3;

/** Batches of noise with repeating labels; the same for the same seed. */
const batches: StepTensors[] = [1, 2, 3, 4].map((seed) => {
  const labels = tf.tensor1d(
    Array.from({ length: batch }, (_, i) => (i + seed) % classes),
    'int32',
  );
  return {
    images: tf.randomNormal([batch, size, size, 3], 0, 1, 'float32', seed),
    targets: tf.cast(tf.oneHot(labels, classes), 'float32') as tf.Tensor2D,
    labels,
  };
});

/** The model's training step with SGD and momentum; with float16 its loss is scaled. */
function stepOf(model: tf.LayersModel, precision: 'float32' | 'float16' = 'float32'): Step {
  const network = splitNetwork(model);
  const values = resolveOptions(trainOptions, { precision, labelSmoothing: 0.1 });
  const updater = new Updater(network.variables, values);
  return trainingStep({ network, updater, objective: oneLabel(classes, rowLosses(values)) });
}

/** Mean losses of `steps` steps over the repeated batches. */
const losses = (step: Step, steps: number): number[] =>
  Array.from({ length: steps }, (_, i) =>
    tf.tidy(() => {
      const tensors = batches[i % batches.length] as StepTensors;
      const [sum] = step(tensors, stepSettings(0.02, `${i}`)).dataSync();
      return (sum as number) / batch;
    }),
  );

/** EfficientNet-Lite0 without dropout; the layers before its third block are frozen. */
async function halfFrozen() {
  const { model } = await createModel({
    network: 'efficientnet-lite0',
    classes: ['a', 'b', 'c'],
    pretrained: false,
    size,
    trainable: 'all',
    seed: 2,
  });
  Object.assign(model.getLayer('dropout'), { rate: 0 });
  const names = model.layers.map(({ name }) => name);
  const frozen = model.layers.slice(0, names.indexOf('block2_expand_conv'));
  for (const layer of frozen) {
    layer.trainable = false;
  }
  const values = () =>
    frozen.flatMap((layer) => layer.getWeights().map((weight) => [...weight.dataSync()]));
  return { model, values };
}

test('when EfficientNet-Lite0 takes 40 steps, then jitted losses equal the eager ones and frozen weights do not change', async () => {
  const [eager, traced] = [await halfFrozen(), await halfFrozen()];
  const before = traced.values();
  assert.ok(before.length > 10);
  const jitted = jit(stepOf(traced.model));
  const [wanted, actual] = [losses(stepOf(eager.model), 40), losses(jitted, 40)];
  assert.equal(jitted.traces, 1);
  assert.ok((wanted.at(-1) as number) < 0.7 * (wanted[0] as number), `learned: ${wanted}`);
  wanted.forEach((loss, i) => {
    assert.ok(Math.abs((actual[i] as number) - loss) <= 1e-4 * loss, `step ${i}: ${actual[i]}`);
  });
  assert.deepEqual(traced.values(), before);
  assert.deepEqual(eager.values(), before);
  jitted.dispose();
});

/** Mean losses of 20 steps of a small network. */
function smallLosses(
  options: Partial<JitOptions> = {},
  scaledFor: 'float32' | 'float16' = 'float32',
): number[] {
  const seeded = (seed: number) => ({ kernelInitializer: tf.initializers.heNormal({ seed }) });
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [size, size, 3],
        filters: 16,
        kernelSize: 3,
        strides: 2,
        ...seeded(1),
      }),
      tf.layers.batchNormalization({}),
      tf.layers.reLU({ maxValue: 6 }),
      tf.layers.depthwiseConv2d({
        kernelSize: 3,
        strides: 2,
        useBias: false,
        depthwiseInitializer: tf.initializers.heNormal({ seed: 2 }),
      }),
      tf.layers.batchNormalization({}),
      tf.layers.reLU({}),
      tf.layers.conv2d({ filters: 32, kernelSize: 1, ...seeded(3) }),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: classes, ...seeded(4) }),
      tf.layers.softmax(),
    ],
  });
  const step = jit(stepOf(model, scaledFor), options);
  const result = losses(step, 20);
  step.dispose();
  model.dispose();
  return result;
}

/** The largest relative difference. */
const furthest = (actual: number[], wanted: number[]): number =>
  Math.max(...wanted.map((loss, i) => Math.abs((actual[i] as number) / loss - 1)));

test('when a step is compiled by XLA, then 20 losses stay within 0.01% of those without', () => {
  const apart = furthest(smallLosses({ xla: true }), smallLosses());
  assert.ok(apart < 1e-4, `${apart}`);
});

test('when the loss is scaled, then 20 losses stay within 0.001% of those without', () => {
  const apart = furthest(smallLosses({}, 'float16'), smallLosses());
  assert.ok(apart < 1e-5, `${apart}`);
});

test('when convolutions are computed in bfloat16, then 20 losses stay within 0.2% of those in float32', (t) => {
  if (devices().some(({ type }) => type === 'GPU')) {
    return t.skip('a GPU has float16 instead');
  }
  const apart = furthest(smallLosses({ precision: 'bfloat16' }), smallLosses());
  assert.ok(apart < 0.002, `${apart}`);
  // oneDNN computes in bfloat16 only with AVX-512.
  if (/ avx512f /.test(readFileSync('/proc/cpuinfo', 'utf8'))) {
    assert.ok(apart > 1e-5, 'nothing was rounded');
  }
  return undefined;
});

test('when a network is trained, then a 10 ms timer is never 50 ms late during the steps', async (t) => {
  const folder = temporaryFolder(t);
  const manifest = await drawPhotos(path.join(folder, 'data'), { training: 48, validation: 0 });
  let runs = 0;
  await checkLateness(t, async (startTimer) => {
    let stop: (() => number) | undefined;
    let late = Number.NaN;
    await train({
      manifest,
      task: 'colour',
      run: path.join(folder, `run-${runs++}`),
      model: { pretrained: false, size },
      batchSize: batch,
      epochs: 1,
      onProgress: ({ done, total }) => {
        // The first step is traced, on this thread.
        if (done === batch) {
          stop = startTimer();
        }
        if (done === total) {
          late = stop?.() as number;
        }
      },
    });
    return late;
  });
});
