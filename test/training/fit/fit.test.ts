/** `fit` against tfjs's own `fitDataset`, on the same batches. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { resolveSample } from '../../../src/dataset/index.js';
import { InvalidInputError } from '../../../src/errors.js';
import { createLoader, evaluationAugmentation, type Loader } from '../../../src/pipeline/index.js';
import { memory, tensors, tf } from '../../../src/tensorflow/index.js';
import { type FitProgress, fit } from '../../../src/training/index.js';
import {
  assertClose,
  build,
  classes,
  compiled,
  folder,
  loaderOf,
  manifest,
  preprocessing,
} from '../../support/fitting.js';

test('when a compiled model is fitted, then losses, metrics, validation and weights equal those of fitDataset', async () => {
  const reference = compiled(tf.train.adam(0.01));
  const [training, validation] = [
    loaderOf('train', { shuffle: true }),
    loaderOf('validation', { augmentation: evaluationAugmentation }),
  ];
  const { history: expected } = await reference.fitDataset(epochsOf(training), {
    epochs: 3,
    validationData: tensors(validation, { classes }),
    verbose: 0,
  });
  const model = compiled(tf.train.adam(0.01));
  const lines: object[] = [];
  const { epoch, history } = await fit(model, training, {
    epochs: 3,
    validation,
    onEpoch: (number, logs) => lines.push({ number, ...logs }),
  });
  assert.deepEqual(epoch, [0, 1, 2]);
  assert.deepEqual(Object.keys(history).sort(), Object.keys(expected).sort());
  for (const [name, values] of Object.entries(history)) {
    assertClose(values, expected[name] as number[]);
  }
  assert.deepEqual(lines[2], { number: 2, ...last(history) });
  model.getWeights().forEach((weight, i) => {
    const wanted = reference.getWeights()[i] as tf.Tensor;
    assertClose([...weight.dataSync()], [...wanted.dataSync()]);
  });
  assert.equal(model.optimizer.iterations, reference.optimizer.iterations);
  training.close();
  validation.close();
});

/** fitDataset requests one unused iterator before that of its first epoch. */
function epochsOf(loader: Loader): ReturnType<typeof tensors> {
  const dataset = tensors(loader, { classes });
  const first = { next: async () => ({ value: null, done: true }) };
  let asked = 0;
  const iterator = async () => (asked++ === 0 ? first : dataset.iterator());
  return { size: dataset.size, iterator } as never;
}

const last = (history: Record<string, number[]>) =>
  Object.fromEntries(Object.entries(history).map(([name, values]) => [name, values.at(-1)]));

test('when options compile the model and name its targets, then they are used', async () => {
  const loader = loaderOf('train');
  const labels = (batch: { labels: Int32Array }) =>
    tf.tensor2d(batch.labels, [batch.labels.length, 1], 'float32');
  const model = build();
  const { history } = await fit(model, loader, {
    optimizer: tf.train.sgd(0),
    loss: 'sparseCategoricalCrossentropy',
    targets: labels,
  });
  const { history: again } = await fit(model, loader, { loss: 'categoricalCrossentropy' });
  // With a rate of 0 only batch normalisation's averages change, which training does not use.
  assertClose(history.loss as number[], again.loss as number[]);
  loader.close();
});

test('when the learning rate changes between epochs, then the next steps use it', async () => {
  const optimizer = tf.train.sgd(0.1);
  const model = compiled(optimizer);
  const loader = loaderOf('train');
  let weights: tf.TypedArray | undefined;
  await fit(model, loader, {
    epochs: 2,
    onEpoch: () => {
      optimizer.setLearningRate(0);
      weights ??= model.layers[0]?.getWeights()[0]?.dataSync();
    },
  });
  assert.deepEqual(model.layers[0]?.getWeights()[0]?.dataSync(), weights);
  loader.close();
});

test('when a model is fitted, then progress is reported, and the event loop stays free', async () => {
  const model = compiled(tf.train.sgd(0.01));
  const [training, validation] = [loaderOf('train'), loaderOf('validation')];
  const seen: FitProgress[] = [];
  const turns: number[] = [];
  let turn = 0;
  let running = true;
  const count = () => {
    turn += 1;
    if (running) {
      setImmediate(count);
    }
  };
  count();
  await fit(model, training, {
    epochs: 2,
    validation,
    metricsEvery: 2,
    onProgress: (progress) => {
      seen.push({ ...progress });
      turns.push(turn);
      // Between two steps weights may be read.
      model.layers[0]?.getWeights()[0]?.dataSync();
    },
  });
  running = false;
  assert.deepEqual(
    seen.map(({ phase, epoch, done, total }) => [phase, epoch, done, total]),
    [1, 2].flatMap((epoch) => [
      ...[5, 10, 15, 20, 24].map((done) => ['train', epoch, done, 24]),
      ...[5, 9].map((done) => ['validate', epoch, done, 9]),
    ]),
  );
  for (const { imagesPerSecond, waitShare, secondsLeft, logs } of seen) {
    assert.ok(imagesPerSecond > 0 && waitShare >= 0 && waitShare < 1 && secondsLeft >= 0);
    assert.ok(Number.isFinite(logs.loss) && Number.isFinite(logs.acc));
  }
  assert.equal(seen.at(-1)?.secondsLeft, 0);
  turns.slice(1).forEach((now, i) => {
    assert.ok(now > (turns[i] as number), `no turn between steps ${i} and ${i + 1}`);
  });
  training.close();
  validation.close();
});

test('when the signal is aborted, then the current step is the last, and nothing leaks', async () => {
  const model = compiled(tf.train.momentum(0.01, 0.9));
  const loader = loaderOf('train');
  await fit(model, loader, { epochs: 1 });
  const { functions } = memory();
  const js = tf.memory().numTensors;
  const abort = new AbortController();
  let steps = 0;
  const { epoch, history } = await fit(model, loader, {
    epochs: 9,
    signal: abort.signal,
    onProgress: () => {
      steps += 1;
      if (steps === 7) {
        abort.abort();
      }
    },
  });
  assert.equal(steps, 7);
  assert.deepEqual(epoch, [0]);
  assert.equal(history.loss?.length, 1);
  assert.equal(memory().functions, functions);
  assert.equal(tf.memory().numTensors, js);
  loader.close();
});

test('when images are marked as damaged, then they do not count', async () => {
  const broken = path.join(folder, 'broken.jpg');
  await writeFile(broken, 'no photo');
  const samples = manifest.samples.slice(0, 8).map((sample) => resolveSample(manifest, sample));
  const marked = [...samples.slice(0, 6), { path: broken, label: 0 }, ...samples.slice(6)];
  const options = {
    preprocessing,
    batchSize: 4,
    damaged: 'mark',
    augmentation: evaluationAugmentation,
  } as const;
  const training = loaderOf('train');
  const losses = [];
  for (const list of [samples, marked, [...marked, ...marked.slice(6, 7)]]) {
    const validation = createLoader({ ...options, samples: list });
    const { history } = await fit(compiled(tf.train.sgd(0)), training, { validation });
    losses.push(history.val_loss?.[0] as number);
    validation.close();
  }
  assertClose(losses, [losses[0], losses[0], losses[0]] as number[]);
  training.close();
});

test('when fit is called incorrectly, then the error has the remedy', async () => {
  const loader = loaderOf('train');
  await assert.rejects(
    fit(build(), loader),
    /^InvalidInputError: Expected a compiled model but .* has no optimizer\. /,
  );
  await assert.rejects(fit(compiled(tf.train.sgd(1)), loader, { epochs: 0 }), /epochs/);
  const model = compiled(tf.train.sgd(0.01));
  const first = fit(model, loader, { epochs: 1 });
  await assert.rejects(fit(model, loader), /is being trained already/);
  await first;
  const [a, b] = [tf.input({ shape: [2] }), tf.input({ shape: [2] })];
  const two = tf.model({ inputs: [a, b], outputs: tf.layers.add().apply([a, b]) as never });
  await assert.rejects(
    fit(two, loader, { optimizer: 'sgd', loss: 'meanSquaredError' }),
    new InvalidInputError(`Expected a model with one input but ${two.name} has 2`),
  );
  const ten = loaderOf('train', { augmentation: { crop: 'ten' } });
  await assert.rejects(
    fit(compiled(tf.train.sgd(1)), ten),
    /A loader with 10 views of each image cannot be combined with fit/,
  );
  ten.close();
  const failing = compiled(tf.train.sgd(0.01));
  const error = new Error('mine');
  await assert.rejects(
    fit(failing, loader, {
      onProgress: () => {
        throw error;
      },
    }),
    error,
  );
  await fit(failing, loader);
  loader.close();
});
