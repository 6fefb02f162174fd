/** Compares every fit and filter with what timm makes of the same photo, by Pillow. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import {
  evaluationAugmentation,
  type Preprocessing,
  preprocessingOptions,
} from '../../src/pipeline/index.js';
import { temporaryFolder } from '../support/folders.js';
import { difference, loaderFor, plainPixels, render, sharpPicture } from '../support/pictures.js';

const fixtures = path.join(import.meta.dirname, '..', 'fixtures', 'pipeline');
const photo = path.join(fixtures, 'photo.jpg');
const mean: Preprocessing['mean'] = [102, 128, 153];
const { fit: fits, filter: filters } = preprocessingOptions;

/** The photo as timm resizes it, to 72 and then to a view of 64 × 64. */
const byTimm = (fit: string, filter: string) => {
  const name = `${fit}-${filter}`;
  const file = name === 'crop-bilinear' ? 'photo-center.png' : `photo-${name}.png`;
  return sharp(path.join(fixtures, file)).raw().toBuffer();
};

for (const fit of fits.choices) {
  for (const filter of filters.choices) {
    test(`when photos are to ${fit} by the ${filter} filter, then pixels are those of timm and Pillow`, async (t) => {
      const preprocessing: Preprocessing = { ...plainPixels(72, 64), mean, fit, filter };
      const decoded = path.join(temporaryFolder(t), 'photo.png');
      await sharp(photo).png().toFile(decoded);
      const wanted = await byTimm(fit, filter);
      const levels = async (file: string) =>
        (await render(t, file, preprocessing)).map((value, i) => value + (mean[i % 3] as number));
      // Pillow rounds to whole levels after each of its two passes. It also clamps them there, so that bicubic sums beyond
      // black and white do not come back: up to 5 levels in a few values of this photo, by Pillow's own floats, too.
      const png = difference(await levels(decoded), wanted);
      assert.ok(png.largest < (filter === 'bicubic' ? 5 : 1.3), `largest ${png.largest}`);
      assert.ok(png.mean < 0.4, `mean ${png.mean}`);
      // A JPEG's colours are clamped once, at the end: edges of saturated colours differ.
      const jpeg = difference(await levels(photo), wanted);
      assert.ok(jpeg.mean < 0.6, `mean ${jpeg.mean}`);
    });
  }
}

test('when a photo is padded, then the border is exactly 0 after normalisation', async (t) => {
  const preprocessing: Preprocessing = { ...plainPixels(64, 64), mean, std: [50, 60, 70] };
  const padded = await render(t, photo, { ...preprocessing, fit: 'pad' });
  // 150 × 110 becomes 64 × 47: 8 rows above, 9 below.
  const row = 64 * 3;
  assert.ok(padded.subarray(0, 8 * row).every((value) => value === 0));
  assert.ok(padded.subarray(55 * row).every((value) => value === 0));
  assert.ok(padded.subarray(8 * row, 55 * row).filter((value) => value === 0).length < 20);
});

test('when training windows show whole padded or squashed photos, then they are the central view', async (t) => {
  const file = path.join(temporaryFolder(t), 'photo.jpg');
  await sharpPicture(90, 50).jpeg().toFile(file);
  for (const fit of ['pad', 'squash'] as const) {
    const preprocessing: Preprocessing = { ...plainPixels(48, 48), mean, fit };
    const central = await render(t, file, preprocessing);
    const loader = loaderFor(t, {
      samples: [{ path: file, label: 0 }],
      preprocessing,
      augmentation: {
        ...evaluationAugmentation,
        crop: 'random-resized',
        area: [1, 1],
        ratio: [1, 1],
      },
    });
    for await (const batch of loader.epoch(3)) {
      assert.deepEqual(batch.pixels(), central);
      batch.release();
    }
    const [recipe] = loader.recipesOf(0, { width: 90, height: 50 });
    assert.deepEqual(recipe?.window, { left: 0, top: 0, width: 90, height: 50 });
    // 27 of 48 rows: timm rounds 26.67.
    const border = { left: 0, top: 10, width: 48, height: 27 };
    assert.deepEqual(recipe?.photo, fit === 'pad' ? border : undefined);
  }
});
