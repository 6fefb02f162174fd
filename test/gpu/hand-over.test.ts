/** Batches that TensorFlow adopts on the GPU: their values, their slots, and late reads. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createLoader, type Loader } from '../../src/pipeline/index.js';
import { adoptBatch, tf } from '../../src/tensorflow/index.js';
import { temporaryFolder } from '../support/folders.js';
import { difference, plainPixels, writePictures } from '../support/pictures.js';
import { needsTensorFlowOnGpu } from './needs-gpu.js';

const count = 64;

/** A loader in main memory and one on the GPU, with the same batches and too few slots to keep one. */
async function loaders(t: TestContext) {
  const samples = await writePictures(temporaryFolder(t), { count, width: 90, height: 70 });
  const options = { samples, preprocessing: plainPixels(72, 64), batchSize: 4, slots: 2, seed: 3 };
  const host = createLoader(options);
  const device = createLoader({ ...options, augment: 'gpu' });
  t.after(() => host.close());
  t.after(() => device.close());
  return { host, device };
}

/** Each image's mean level, epoch by epoch. */
async function meansOf(loader: Loader, epochs: number): Promise<number[]> {
  const means: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    for await (const batch of loader.epoch(epoch)) {
      const pixels = batch.pixels();
      const size = pixels.length / batch.count;
      for (let image = 0; image < batch.count; image++) {
        const values = pixels.subarray(image * size, (image + 1) * size);
        means.push(values.reduce((sum, value) => sum + value, 0) / size);
      }
      batch.release();
    }
  }
  return means;
}

test(
  'when a batch on the GPU is adopted, then its tensor has its values and returns its slot',
  needsTensorFlowOnGpu,
  async (t) => {
    const { device } = await loaders(t);
    let batches = 0;
    for await (const batch of device.epoch(0)) {
      const pixels = batch.pixels();
      const tensor = adoptBatch(batch);
      assert.deepEqual(tensor.shape, [4, 64, 64, 3]);
      assert.deepEqual(await tensor.data(), pixels);
      tensor.dispose();
      batches++;
    }
    // With two slots, the epoch would not have come to its end.
    assert.equal(batches, count / 4);
  },
);

test(
  'when the GPU reads batches long after their disposal, then it reads their own pixels',
  needsTensorFlowOnGpu,
  async (t) => {
    const { host, device } = await loaders(t);
    const epochs = 8;
    const wanted = await meansOf(host, epochs);
    // Some milliseconds of work before the read of each batch.
    const matrix = tf.randomNormal([4096, 4096]);
    const read: tf.Tensor[] = [];
    for (let epoch = 0; epoch < epochs; epoch++) {
      for await (const batch of device.epoch(epoch)) {
        const images = adoptBatch(batch);
        read.push(
          tf.tidy(() => {
            // Zero, but only the product shows it.
            const nothing = matrix.matMul(matrix).mul(0).sum();
            return images.add(nothing).mean([1, 2, 3]);
          }),
        );
        images.dispose();
      }
    }
    const actual = read.flatMap((tensor) => [...tensor.dataSync()]);
    tf.dispose([matrix, ...read]);
    // Neighbouring pictures differ by whole levels.
    const { largest } = difference(actual, wanted);
    assert.ok(largest < 0.5, `a mean is ${largest} levels off`);
  },
);
