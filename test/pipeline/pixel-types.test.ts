/** Compares batches stored as uint8 or in 16 bits with the same batches as float32. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  createLoader,
  type LoaderOptions,
  loaderOptions,
  type PixelType,
  type Preprocessing,
} from '../../src/pipeline/index.js';
import { temporaryFolder } from '../support/folders.js';
import { plainPixels, writePictures } from '../support/pictures.js';

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

/** Rounds a float32 to `bits` significant bits by arithmetic, ties to even, but not below `least`. */
function roundTo(bits: number, least: number, value: number): number {
  const unit = Math.max(least, 2 ** (Math.floor(Math.log2(Math.abs(value))) - bits + 1));
  const units = value / unit;
  const low = Math.floor(units);
  const up = units - low > 0.5 || (units - low === 0.5 && low % 2 !== 0);
  return (low + (up ? 1 : 0)) * unit;
}

test('when batches are uint8, bfloat16 or float16, then they equal the float32 ones before scaling, or rounded', async (t) => {
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
  const bfloats = await pixelsAs('bfloat16', { ...options, preprocessing: scaled });
  const round = (bits: number, least = 0) => floats.map((value) => roundTo(bits, least, value));
  assert.deepEqual(bfloats, round(8));
  const halves = await pixelsAs('float16', { ...options, preprocessing: scaled });
  assert.deepEqual(halves, round(11, 2 ** -24));
});

test('when values are too small or too large for float16, then they become subnormal or infinite', async (t) => {
  const samples = await writePictures(temporaryFolder(t), { count: 2, width: 60, height: 50 });
  const of = (std: number): LoaderOptions => ({
    samples,
    preprocessing: { ...plainPixels(36, 32), mean: [100, 100, 100], std: [std, std, std] },
  });
  const tiny = await pixelsAs('float32', of(1e6));
  const rounded = tiny.map((value) => roundTo(11, 2 ** -24, value));
  // + 0: whether it is −0 or 0 does not matter.
  const last = (await pixelsAs('float16', of(1e6))).map((value) => value + 0);
  assert.deepEqual(last, rounded);
  assert.ok(tiny.some((value) => Math.abs(value) < 2 ** -15 && value !== 0));

  const huge = await pixelsAs('float16', of(1e-3));
  const beyond = (await pixelsAs('float32', of(1e-3))).map((value) => {
    return Math.abs(value) < 65520
      ? roundTo(11, 2 ** -24, value)
      : Math.sign(value) * Number.POSITIVE_INFINITY;
  });
  assert.deepEqual(huge, beyond);
  assert.ok(huge.includes(Number.POSITIVE_INFINITY) && huge.includes(Number.NEGATIVE_INFINITY));
});

test('when an image is marked as damaged, then its bytes are 0 in every type', async (t) => {
  const samples = await writePictures(temporaryFolder(t), { count: 3, width: 60, height: 50 });
  writeFileSync(samples[1]?.path as string, 'not an image');
  const options = { samples, preprocessing: scaled, damaged: 'mark' } as const;
  for (const dtype of loaderOptions.dtype.choices) {
    const pixels = await pixelsAs(dtype, options);
    const image = pixels.length / 3;
    const used = [0, 1, 2].map((row) =>
      pixels.slice(row * image, (row + 1) * image).some((value) => value !== 0),
    );
    assert.deepEqual(used, [true, false, true], dtype);
  }
});
