/** A batch as a tensor: it uses the slot's memory, and returns it with the last tensor over it. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Batch, createLoader, type Loader, type PixelType } from '../../src/pipeline/index.js';
import { runtime } from '../../src/tensorflow/configuration.js';
import { adoptBatch, memory, tensors, tf } from '../../src/tensorflow/index.js';
import { temporaryFolder } from '../support/folders.js';
import { difference, plainPixels, writePictures } from '../support/pictures.js';

const classes = 3;

async function loaderOf(t: TestContext, count: number, crop: 'center' | 'ten' = 'center') {
  const samples = await writePictures(temporaryFolder(t), { count, width: 40, height: 36 });
  const loader = createLoader({
    samples: samples.map(({ path }, i) => ({ path, label: i % classes })),
    preprocessing: plainPixels(36, 32),
    augmentation: { crop },
    batchSize: 4,
    threads: 1,
    slots: 2,
  });
  t.after(() => loader.close());
  return loader;
}

/** Slots outside the ring: held as a batch, or by TensorFlow. */
function leased(loader: Loader<PixelType>): number {
  return Reflect.get(loader, 'native').statistics().leased;
}

async function firstBatch(loader: Loader, epoch = 0): Promise<Batch> {
  const { value } = await loader.epoch(epoch).next();
  return value;
}

test('when a batch is adopted, then the tensor has its pixels and TensorFlow holds its slot', async (t) => {
  const loader = await loaderOf(t, 4);
  const batch = await firstBatch(loader);
  const pixels = batch.pixels();
  const tensor = adoptBatch(batch);
  assert.deepEqual(tensor.shape, [4, 32, 32, 3]);
  assert.deepEqual(tensor.dataSync(), pixels);
  // A copy would have returned the slot at once.
  assert.equal(leased(loader), 1);

  const flat = tensor.flatten();
  tensor.dispose();
  assert.equal(leased(loader), 1, 'a reshaped tensor shares the memory');
  flat.dispose();
  assert.equal(leased(loader), 0);
});

test('when a batch was adopted or released, then it cannot be adopted or read again', async (t) => {
  const loader = await loaderOf(t, 8);
  const ended = /already released or adopted/;
  const batches = loader.epoch(0);
  const adopted = (await batches.next()).value as Batch;
  const tensor = adoptBatch(adopted);
  assert.throws(() => adoptBatch(adopted), ended);
  assert.throws(() => adopted.pixels(), ended);
  assert.throws(() => adopted.release(), ended);
  const released = (await batches.next()).value as Batch;
  released.release();
  assert.throws(() => adoptBatch(released), ended);
  tensor.dispose();
});

test('when a shape is larger than the slot, then it is refused and the slot is returned', async (t) => {
  const loader = await loaderOf(t, 4);
  const { lease } = await firstBatch(loader);
  assert.throws(
    () => runtime().adoptBatch(lease, [5, 32, 32, 3], runtime().TF_FLOAT),
    /shape of at most 49152 bytes for adoptBatch but received one of 61440/,
  );
  assert.equal(leased(loader), 0);
});

test('when a batch is uint8, bfloat16 or float16, then its tensor has the float32 numbers within rounding', async (t) => {
  const samples = await writePictures(temporaryFolder(t), { count: 4, width: 40, height: 36 });
  const std = [50, 60, 70] as [number, number, number];
  const options = {
    samples,
    preprocessing: { ...plainPixels(36, 32), mean: [90, 100, 110] as typeof std, std },
    augmentation: { brightness: 0.4, contrast: 0.4, hue: 0.1, noise: 5 },
    batchSize: 4,
  };
  const tensorOf = async <Type extends PixelType>(dtype: Type) => {
    const loader = createLoader({ ...options, dtype });
    t.after(() => loader.close());
    const { value } = await loader.epoch(3).next();
    const before = memory();
    const tensor = adoptBatch(value);
    assert.equal(tensor.dtype, 'float32');
    assert.equal(memory().tensors, before.tensors + 1, 'nothing is left of the way there');
    if (dtype !== 'float32') {
      assert.equal(leased(loader), 0, 'the slot is free again');
    }
    return tensor;
  };
  const floats = await tensorOf('float32');
  const wanted = floats.dataSync();
  // Half a level, and the rounding of the float itself.
  const levels = tf.tidy(() => floats.mul(std).add(options.preprocessing.mean));
  const bytes = await tensorOf('uint8');
  const actual = tf.tidy(() => bytes.mul(std).add(options.preprocessing.mean));
  const apart = difference(actual.dataSync(), levels.dataSync()).largest;
  assert.ok(apart > 0.49 && apart < 0.5001, `${apart} levels`);
  // At most half of the last significant bit; float16 has no bits below 2⁻²⁴.
  for (const [dtype, bits] of [
    ['bfloat16', 8],
    ['float16', 11],
  ] as const) {
    const halves = (await tensorOf(dtype)).dataSync();
    assert.ok(wanted.some((value, i) => value !== halves[i]));
    for (const [i, value] of wanted.entries()) {
      const error = Math.abs((halves[i] as number) - value);
      const most = Math.max(Math.abs(value) * 2 ** -bits, dtype === 'float16' ? 2 ** -25 : 0);
      assert.ok(error <= most, `${dtype}: ${halves[i]} for ${value}`);
    }
  }
});

test('when the loader is closed, then an adopted batch keeps its values', async (t) => {
  const loader = await loaderOf(t, 4);
  const batch = await firstBatch(loader);
  const pixels = batch.pixels();
  const tensor = adoptBatch(batch);
  loader.close();
  assert.deepEqual(tensor.dataSync(), pixels);
  tensor.dispose();
});

test('when a model is fitted on a loader, then each epoch has every label and every slot is returned', async (t) => {
  const loader = await loaderOf(t, 10);
  const model = tf.sequential({
    layers: [
      tf.layers.globalAveragePooling2d({ inputShape: [32, 32, 3], dataFormat: 'channelsLast' }),
      tf.layers.dense({ units: classes, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
  const dataset = tensors(loader, { classes, epoch: 5 });
  assert.equal(dataset.size, 3);
  await model.fitDataset(dataset, { epochs: 1, verbose: 0 });
  const before = memory();
  await model.fitDataset(dataset, { epochs: 2, verbose: 0 });
  assert.deepEqual(memory(), before);
  assert.equal(leased(loader), 0);
  model.dispose();
});

test('when labels become tensors, then they are one-hot rows in the order of the batch', async (t) => {
  const loader = await loaderOf(t, 5);
  const iterator = await tensors(loader, { classes }).iterator();
  const rows: number[][] = [];
  for (let pair = await iterator.next(); !pair.done; pair = await iterator.next()) {
    assert.equal(pair.value.ys.dtype, 'float32');
    rows.push(...pair.value.ys.arraySync());
    tf.dispose([pair.value.xs, pair.value.ys]);
  }
  const [a, b, c] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  assert.deepEqual(rows, [a, b, c, a, b]);
});

test('when a loader yields ten views an image, then it is refused as a data set', async (t) => {
  const loader = await loaderOf(t, 4, 'ten');
  const iterator = await tensors(loader, { classes }).iterator();
  await assert.rejects(
    iterator.next(),
    /^InvalidInputError: tensors\(\) cannot be combined with 10 views of each image\. Use a crop/,
  );
  assert.equal(leased(loader), 0);
});
