/** Batches stored as uint8 or bfloat16 against the same batches as float32. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  createLoader,
  type LoaderOptions,
  type PixelType,
  type Preprocessing,
} from '../../src/pipeline/index.js';
import { plainPixels, temporaryFolder, writePictures } from './pictures.js';

const scaled: Preprocessing = {
  ...plainPixels(36, 32),
  mean: [100, 110, 120],
  std: [50, 60, 70],
  channels: 'bgr',
};

/** All pixels of one epoch of batches stored as `dtype`. */
async function pixelsAs(dtype: PixelType, options: LoaderOptions) {
  const loader = createLoader<PixelType>({ ...options, batchSize: 3, dtype });
  const pixels: number[] = [];
  for await (const batch of loader.epoch(2)) {
    assert.equal(batch.dtype, dtype);
    const values = batch.pixels();
    assert.equal(values.constructor, dtype === 'uint8' ? Uint8Array : Float32Array);
    pixels.push(...values);
    batch.release();
  }
  loader.close();
  return pixels;
}

/** A float32 rounded to 8 significant bits by arithmetic alone, ties to even. */
function roundToBfloat16(value: number): number {
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 7);
  const units = value / unit;
  const low = Math.floor(units);
  const up = units - low > 0.5 || (units - low === 0.5 && low % 2 !== 0);
  return (low + (up ? 1 : 0)) * unit;
}

test('when batches are uint8 or bfloat16, then they are the float32 ones before scaling or rounded', async (t) => {
  const samples = await writePictures(temporaryFolder(t), { count: 8, width: 60, height: 50 });
  const augmentation = { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, noise: 5 };
  const options = { samples, augmentation, shuffle: true };

  const levels = await pixelsAs('float32', {
    ...options,
    preprocessing: { ...plainPixels(36, 32), channels: 'bgr' },
  });
  const bytes = await pixelsAs('uint8', { ...options, preprocessing: scaled });
  assert.equal(bytes.length, 8 * 32 * 32 * 3);
  const worst = Math.max(...bytes.map((byte, i) => Math.abs(byte - (levels[i] as number))));
  assert.ok(worst > 0.49 && worst <= 0.5, `${worst} levels apart`);

  const floats = await pixelsAs('float32', { ...options, preprocessing: scaled });
  const halves = await pixelsAs('bfloat16', { ...options, preprocessing: scaled });
  assert.deepEqual(halves, floats.map(roundToBfloat16));
});

test('when an image is marked as damaged, then its bytes are 0 in every type', async (t) => {
  const samples = await writePictures(temporaryFolder(t), { count: 3, width: 60, height: 50 });
  writeFileSync(samples[1]?.path as string, 'not an image');
  const options = { samples, preprocessing: scaled, damaged: 'mark' } as const;
  for (const dtype of ['float32', 'bfloat16', 'uint8'] as const) {
    const pixels = await pixelsAs(dtype, options);
    const image = pixels.length / 3;
    const used = [0, 1, 2].map((row) =>
      pixels.slice(row * image, (row + 1) * image).some((value) => value !== 0),
    );
    assert.deepEqual(used, [true, false, true], dtype);
  }
});
