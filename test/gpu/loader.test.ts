/** Compares loaders on a GPU, through the public API, with a loader in main memory. */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { agreementOf, disagreement } from '../../bench/check/agreement.js';
import { createLoader, type Loader, type LoaderOptions } from '../../src/pipeline/index.js';
import { temporaryFolder } from '../support/folders.js';
import { writePictures } from '../support/pictures.js';
import { needsGpu } from './needs-gpu.js';

const seed = randomInt(2 ** 31);
const std = [60, 50, 70] as [number, number, number];
const options: Omit<LoaderOptions, 'samples'> = {
  preprocessing: { resize: 128, crop: 112, mean: [120, 110, 130], std, channels: 'rgb' },
  augmentation: {
    brightness: 0.4,
    contrast: 0.4,
    saturation: 0.4,
    hue: 0.1,
    noise: 5,
    erase: 0.3,
    blur: 0.2,
    cutmix: 1,
    mixProbability: 0.3,
  },
  batchSize: 8,
  slots: 2,
  shuffle: true,
  seed,
};

/** All pixels of an epoch, and the indices of their images. */
async function epochOf(loader: Loader, number: number) {
  const pixels: Float32Array[] = [];
  const indices: number[] = [];
  for await (const batch of loader.epoch(number)) {
    pixels.push(batch.pixels());
    indices.push(...batch.indices);
    batch.release();
  }
  return { indices, pixels: Float32Array.from(pixels.flatMap((some) => [...some])) };
}

for (const augment of ['gpu', 'cpu'] as const) {
  test(
    `when batches lie on the GPU and the ${augment} augments, then epochs are main memory's`,
    needsGpu,
    async (t) => {
      const samples = await writePictures(temporaryFolder(t), {
        count: 60,
        width: 240,
        height: 180,
      });
      const host = createLoader({ samples, ...options });
      const device = createLoader({ samples, ...options, augment, memory: 'gpu' });
      t.after(() => host.close());
      t.after(() => device.close());
      for (let epoch = 0; epoch < 6; epoch++) {
        // An epoch that is abandoned during its batches.
        for await (const batch of device.epoch(100 + epoch)) {
          batch.release();
          if (epoch % 2 === 0) {
            break;
          }
        }
        const [actual, wanted] = [await epochOf(device, epoch), await epochOf(host, epoch)];
        assert.deepEqual(actual.indices, wanted.indices);
        const agreement = agreementOf(actual.pixels, wanted.pixels, std);
        t.diagnostic(`seed ${seed}, epoch ${epoch}: ${JSON.stringify(agreement)}`);
        assert.equal(disagreement(agreement), undefined);
      }
      assert.deepEqual(device.failures, []);
    },
  );
}
