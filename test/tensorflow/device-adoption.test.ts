/** Batches on a device as tensors: adopted without a copy, and returned for the next batches. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  type Batch,
  createLoader,
  type Loader,
  type LoaderOptions,
  loaderOptions,
  type PixelType,
} from '../../src/pipeline/index.js';
import { adoptBatch, memory, tensors, tf } from '../../src/tensorflow/index.js';
import { temporaryFolder } from '../support/folders.js';
import { difference, plainPixels, writePictures } from '../support/pictures.js';
import { useReferenceDevice } from '../support/reference-device.js';

const std = [50, 60, 70] as [number, number, number];
const mean = [90, 100, 110] as [number, number, number];

/** On the reference device, with two slots of four images. */
async function loaderOf(t: TestContext, options: Partial<LoaderOptions<PixelType>>, count = 10) {
  useReferenceDevice(t);
  const samples = await writePictures(temporaryFolder(t), { count, width: 40, height: 36 });
  const loader = createLoader<PixelType>({
    samples,
    preprocessing: { ...plainPixels(36, 32), mean, std },
    batchSize: 4,
    threads: 2,
    slots: 2,
    ...options,
  });
  t.after(() => loader.close());
  return loader;
}

/** Slots outside the ring: held as a batch, or by TensorFlow. */
function leased(loader: Loader<PixelType>): number {
  return Reflect.get(loader, 'native').statistics().leased;
}

/** The expected values of `adoptBatch`, computed from a copy. */
function normalised(batch: Batch<PixelType>): number[] {
  const values = [...batch.pixels()];
  if (batch.dtype !== 'uint8') {
    return values;
  }
  return values.map((level, i) => (level - (mean[i % 3] as number)) / (std[i % 3] as number));
}

for (const augment of loaderOptions.augment.choices) {
  for (const dtype of loaderOptions.dtype.choices) {
    test(`when ${dtype} batches that the ${augment} augmented lie on a device, then each is adopted for many batches`, async (t) => {
      const loader = await loaderOf(t, { augment, memory: 'gpu', dtype });
      const before = memory();
      let batches = 0;
      for (let epoch = 0; epoch < 8; epoch++) {
        for await (const batch of loader.epoch(epoch)) {
          const wanted = normalised(batch);
          const tensor = adoptBatch(batch);
          assert.deepEqual(tensor.shape, batch.shape);
          const apart = difference(tensor.dataSync(), wanted).largest;
          assert.ok(apart < 1e-6, `${apart}`);
          if (dtype === 'float32') {
            assert.equal(leased(loader), 1, 'a copy would hold no slot');
          }
          tensor.dispose();
          assert.equal(leased(loader), 0);
          batches += 1;
        }
      }
      assert.equal(batches, 24);
      assert.deepEqual(memory(), before);
    });
  }
}

test('when a batch on a device was adopted, then its slot is written again only after the tensor is freed', async (t) => {
  const loader = await loaderOf(t, { augment: 'gpu' }, 24);
  const batches = loader.epoch(0);
  const tensor = adoptBatch((await batches.next()).value);
  const values = tensor.dataSync();
  // All others use the other slot.
  for await (const batch of batches) {
    batch.release();
  }
  assert.deepEqual(tensor.dataSync(), values);
  loader.close();
  assert.deepEqual(tensor.dataSync(), values);
  tensor.dispose();
});

test('when a model is fitted on batches of a device, then every slot is returned', async (t) => {
  const loader = await loaderOf(t, { augment: 'gpu', augmentation: { crop: 'random' } });
  const model = tf.sequential({
    layers: [
      tf.layers.globalAveragePooling2d({ inputShape: [32, 32, 3], dataFormat: 'channelsLast' }),
      tf.layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
  const dataset = tensors(loader, { classes: 10 });
  await model.fitDataset(dataset, { epochs: 3, verbose: 0 });
  assert.equal(leased(loader), 0);
  model.dispose();
});

test('when a batch is on a GPU that TensorFlow does not use, then it can be read but not adopted', async (t) => {
  const loader = await loaderOf(t, { memory: 'gpu', gpuDevice: 1 });
  const batch: Batch<PixelType> = (await loader.epoch(0).next()).value;
  assert.equal(batch.gpuDevice, 1);
  assert.throws(
    () => adoptBatch(batch),
    /a batch on GPU 0, TensorFlow's, for adoptBatch but received "one on GPU 1"/,
  );
  assert.equal(batch.pixels().length, 4 * 32 * 32 * 3);
  batch.release();
});
