/** A run in this process: it learns, keeps frozen weights, does not leak, and reports. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { resolveSample, type Sample, samplesOf } from '../../src/dataset/index.js';
import { InvalidInputError } from '../../src/errors.js';
import { createModel, loadClassifier } from '../../src/model/index.js';
import {
  type AugmentChoice,
  type Batch,
  createLoader,
  cudaStatus,
  evaluationAugmentation,
} from '../../src/pipeline/index.js';
import { adoptBatch, devices, tf } from '../../src/tensorflow/index.js';
import { type Checkpoint, loadCheckpoint } from '../../src/training/checkpoint/checkpoint.js';
import {
  type EpochRecord,
  type TrainOptions,
  type TrainProgress,
  train,
} from '../../src/training/index.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { smallClassifier } from '../support/small-classifier.js';

const folder = temporaryFolder();
const manifest = await drawPhotos(path.join(folder, 'data'));

const base = {
  manifest,
  task: 'colour',
  model: { pretrained: false, size: 32 },
  batchSize: 8,
  epochs: 3,
  seed: 1,
};
/** Weights by name: their order in a model depends on which are trainable. */
const values = (model: tf.LayersModel) =>
  Object.fromEntries(model.weights.map((w) => [w.originalName, [...w.read().dataSync()]]));

test('when a run ends then the model has learned, and its files and reports agree', async () => {
  const progress: TrainProgress[] = [];
  const run = path.join(folder, 'learned');
  const { classifier, history, finished, failures } = await train({
    ...base,
    run,
    classifier: smallClassifier(),
    epochs: 20,
    learningRate: 0.1,
    augmentation: { crop: 'random', brightness: 0, contrast: 0, saturation: 0 },
    onProgress: (state) => progress.push(state),
  });
  assert.equal(finished, true);
  assert.deepEqual(failures, []);
  assert.equal(history.length, 20);
  assert.ok((history.at(-1)?.validationAccuracy as number) > 0.9, JSON.stringify(history.at(-1)));
  const csv = (await readFile(path.join(run, 'history.csv'), 'utf8')).trim().split('\n');
  assert.equal(csv.length, 21);
  assert.equal(csv[20]?.split(',')[5], history[19]?.validationAccuracy?.toFixed(6));
  const [last] = parse(csv.join('\n'), { columns: true, from: 20 }) as [Record<string, string>];
  const { readMs, decodeMs, renderMs, advice } = history[19] as EpochRecord;
  assert.deepEqual(
    [last.read_ms, last.decode_ms, last.render_ms, last.other_formats_ms, last.advice],
    [...[readMs, decodeMs, renderMs, 0].map((time) => time.toFixed(4)), advice],
  );
  assert.ok(readMs > 0 && decodeMs > 0 && renderMs > 0);
  assert.match(advice, /^[A-Z].*\.$/);
  const saved = await loadClassifier(path.join(run, 'model'));
  assert.deepEqual(values(saved.model), values(classifier.model));
  assert.deepEqual(saved.classes, ['red', 'green', 'blue']);
  const training = progress.filter(({ phase }) => phase === 'train');
  assert.deepEqual(
    training.slice(0, 3).map(({ done, total }) => [done, total]),
    [
      [8, 24],
      [16, 24],
      [24, 24],
    ],
  );
  assert.ok(progress.every(({ loss, secondsLeft }) => Number.isFinite(loss) && secondsLeft >= 0));
  assert.equal(progress.filter(({ phase }) => phase === 'validate').at(-1)?.done, 9);
});

test('when weights are averaged, then validation and the saved models use the averages, and the checkpoint has the weights', async (t) => {
  const run = path.join(folder, 'averaged');
  const { history, best } = await train({
    ...base,
    run,
    classifier: smallClassifier(),
    averageDecay: 0.9,
    learningRate: 0.1,
  });
  const { model, preprocessing } = await loadClassifier(path.join(run, 'model'));
  const samples = samplesOf(manifest, 'colour', 'validation').map((sample) =>
    resolveSample(manifest, sample),
  );
  const loader = createLoader({
    samples,
    preprocessing,
    batchSize: samples.length,
    augmentation: evaluationAugmentation,
  });
  t.after(() => loader.close());
  const batch: Batch = (await loader.epoch(0).next()).value;
  const images = adoptBatch(batch);
  const lossOf = (scored: tf.LayersModel) => {
    const rows = (scored.predict(images) as tf.Tensor).arraySync() as number[][];
    const losses = rows.map((row, i) => -Math.log(row[batch.labels[i] as number] as number));
    return losses.reduce((sum, loss) => sum + loss, 0) / samples.length;
  };
  const { model: bestModel } = await loadClassifier(path.join(run, 'best'));
  for (const [scored, record] of [
    [model, history[2]],
    [bestModel, best],
  ] as const) {
    const difference = lossOf(scored) - (record?.validationLoss as number);
    assert.ok(Math.abs(difference) < 1e-5, `${difference} after epoch ${record?.epoch}`);
  }
  const { classifier: saved } = (await loadCheckpoint(run)) as Checkpoint;
  assert.notDeepEqual(values(saved.model), values(model));
});

test('when training images are stored as uint8 then a run learns like with float32', async () => {
  const losses = async (dtype: 'float32' | 'uint8') => {
    const run = path.join(folder, `stored-${dtype}`);
    const classifier = smallClassifier();
    const { history } = await train({ ...base, run, classifier, dtype, learningRate: 0.1 });
    return history.map(({ loss }) => loss);
  };
  const [wanted, actual] = [await losses('float32'), await losses('uint8')];
  assert.notDeepEqual(actual, wanted, 'rounding changes something');
  for (const [epoch, loss] of wanted.entries()) {
    assert.ok(Math.abs((actual[epoch] as number) - loss) < 0.005, `${actual} against ${wanted}`);
  }
});

test('when only the head is trained then nothing else changes, moving averages included', async () => {
  const classifier = await createModel({
    ...base.model,
    network: 'efficientnet-lite0',
    classes: ['red', 'green', 'blue'],
    trainable: 'all',
    seed: 3,
  });
  const before = values(classifier.model);
  await train({ ...base, run: path.join(folder, 'head'), classifier, trainable: 'head' });
  const now = values(classifier.model);
  const changed = Object.keys(now).filter((name) => String(now[name]) !== String(before[name]));
  assert.deepEqual(changed, ['logits/kernel', 'logits/bias']);
});

for (const trainable of ['head', 'all'] as const) {
  test(`when ${trainable} is trained then no epoch and no run leaves tensors behind`, async () => {
    const before = tf.memory().numTensors;
    const counts: number[] = [];
    const onEpoch = () => counts.push(tf.memory().numTensors);
    const run = path.join(folder, `leak-${trainable}`);
    const { classifier } = await train({ ...base, run, trainable, onEpoch });
    assert.equal(counts[1], counts[0]);
    assert.equal(counts[2], counts[0]);
    classifier.model.dispose();
    assert.equal(tf.memory().numTensors, before);
  });
}

test('when validation images are damaged then they are reported and do not count', async () => {
  const broken = path.join(folder, 'broken.jpg');
  await writeFile(broken, 'no image');
  const sample = manifest.samples.find(({ split }) => split === 'validation');
  const damaged = { ...sample, path: broken } as Sample;
  const { history, failures } = await train({
    ...base,
    manifest: { ...manifest, samples: [...manifest.samples, damaged] },
    run: path.join(folder, 'damaged'),
    epochs: 1,
    trainable: 'head',
  });
  assert.deepEqual(
    failures.map((failure) => failure.path),
    [broken],
  );
  // With a tenth image, 9 · accuracy would not be an integer.
  assert.equal(
    Number.isInteger(Math.round((history[0]?.validationAccuracy as number) * 9 * 1e6) / 1e6),
    true,
  );
});

test('when a damaged training image ends the run, then it is named and nothing leaks', async () => {
  const broken = path.join(folder, 'broken-too.jpg');
  await writeFile(broken, 'no image');
  const sample = { ...manifest.samples.at(0), path: broken } as Sample;
  const classifier = smallClassifier();
  const before = tf.memory().numTensors;
  const run = path.join(folder, 'failing');
  const bad = { ...manifest, samples: [...manifest.samples, sample] };
  const options = { ...base, run, manifest: bad, classifier, damaged: 'fail' } as const;
  await assert.rejects(train({ ...options, batchSize: 2 }), /broken-too\.jpg/);
  await nextTurn();
  assert.equal(tf.memory().numTensors, before);
});

test('when two calls train in one folder at once, then exactly one of them does', async () => {
  const options = {
    ...base,
    run: path.join(folder, 'twice'),
    epochs: 1,
    trainable: 'head',
  } as const;
  // Either may be the first to claim the folder.
  const ends = await Promise.allSettled([train(options), train(options)]);
  const trained = ends.find((end) => end.status === 'fulfilled');
  const refused = ends.find((end) => end.status === 'rejected');
  assert.equal(trained?.value.finished, true);
  assert.match(`${refused?.reason}`, /a folder in which no other call works for run/);
  assert.equal((await train({ ...options, resume: true })).finished, true);
});

test('when augment is auto, then the run chooses once and its config.json has the reason', async () => {
  const run = path.join(folder, 'chosen');
  const choices: AugmentChoice[] = [];
  const options: TrainOptions = {
    ...base,
    run,
    augment: 'auto',
    trainable: 'head',
    onAugment: (choice) => choices.push(choice),
  };
  const stop = new AbortController();
  const { finished } = await train({
    ...options,
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  assert.equal(finished, false);
  const [choice] = choices as [AugmentChoice];
  assert.match(choice.reason, /^Augmenting on the [CG]PU: .+\.$/);
  if (!cudaStatus().available) {
    assert.match(choice.reason, /on the CPU: there is no CUDA device: /);
  }
  const [comment, ...config] = (await readFile(path.join(run, 'config.json'), 'utf8')).split('\n');
  assert.equal(comment, `// ${choice.reason}`);
  assert.equal(JSON.parse(config.join('\n')).augment, choice.augment);

  assert.equal((await train({ ...options, resume: true })).finished, true);
  assert.equal(choices.length, 1, 'a resumed run keeps to what was chosen');
});

test('when the GPU cannot augment as requested, then the error has the reason', async (t) => {
  const { available, reason } = cudaStatus();
  if (available) {
    return t.skip('there is a CUDA device');
  }
  const run = path.join(folder, 'none');
  await assert.rejects(
    train({ ...base, run, augment: 'gpu' }),
    new InvalidInputError(
      `Missing a CUDA device for augment gpu. Found: ${reason}; \`npx bobbin doctor\` shows every part`,
    ),
  );
});

test('when a classifier has another number of outputs than classes then it is refused', async () => {
  const run = path.join(folder, 'headless');
  const classifier = smallClassifier();
  const model = tf.sequential({
    layers: [
      tf.layers.globalAveragePooling2d({ inputShape: [32, 32, 3] }),
      tf.layers.dense({ units: 1 }),
      tf.layers.softmax(),
    ],
  });
  await assert.rejects(
    train({ ...base, run, classifier: { ...classifier, model } }),
    /Expected one output of shape \[null,3\], .* classifier but received \[\[null,1\]\]/,
  );
});

test('when an option is out of range then it is named', async () => {
  const run = path.join(folder, 'none');
  await assert.rejects(train({ ...base, run, momentum: 1 }), /from 0 to 0\.9999 for momentum/);
  await assert.rejects(train({ ...base, run, warmUp: 3 }), /below epochs \(3\) for warmUp/);
  const precision = devices().some(({ type }) => type === 'GPU') ? 'bfloat16' : 'float16';
  await assert.rejects(train({ ...base, run, precision }), /on this device, \w+ for precision/);
  await assert.rejects(train({ ...base, run, task: 'shape' }), /one of colour for task/);
  await assert.rejects(
    train({ ...base, run, augmentation: { crop: 'ten' } }),
    /random-resized for crop/,
  );
});
