/** Compares the pixels of boxes with those of photos that were cut to them. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import type { Box } from '../../src/dataset/index.js';
import {
  type Augmentation,
  evaluationAugmentation,
  type LoaderSample,
  type Preprocessing,
} from '../../src/pipeline/index.js';
import { temporaryFolder } from '../support/folders.js';
import { difference, loaderFor, plainPixels, render, takePixels } from '../support/pictures.js';

const photo = path.join(import.meta.dirname, '..', 'fixtures', 'pipeline', 'photo.jpg');

const boxes: Box[] = [
  [20, 31, 103, 90],
  [-40, -9, 77, 61],
];

test('when a photo has a box, then pixels are those of a photo cut to it, in any format, fit and crop', async (t) => {
  const folder = temporaryFolder(t);
  const whole = path.join(folder, 'photo.png');
  await sharp(photo).png().toFile(whole);
  const { width = 0, height = 0 } = await sharp(photo).metadata();
  for (const box of boxes) {
    const cut = path.join(folder, `cut-${box}.png`);
    const [left, top] = [Math.max(0, box[0]), Math.max(0, box[1])];
    const size = { width: Math.min(width, box[2]) - left, height: Math.min(height, box[3]) - top };
    await sharp(whole)
      .extract({ left, top, ...size })
      .png()
      .toFile(cut);
    for (const fit of ['crop', 'pad', 'squash'] as const) {
      for (const crop of ['center', 'ten', 'random-resized'] as const) {
        const pixels = (sample: Omit<LoaderSample, 'label'>) =>
          viewsOf(t, { ...sample, label: 0 }, { ...plainPixels(40, 32), fit }, crop);
        const wanted = await pixels({ path: cut });
        assert.ok(difference(await pixels({ path: whole, box }), wanted).largest < 0.01);
        // As without a box, edges of saturated colours differ.
        assert.ok(difference(await pixels({ path: photo, box }), wanted).mean < 0.5);
      }
    }
  }
});

test('when a photo is turned, then its box is in pixels of the upright one', async (t) => {
  const folder = temporaryFolder(t);
  const box: Box = [20, 31, 58, 90];
  for (let orientation = 1; orientation <= 8; orientation++) {
    const [turned, cut] = [`turned-${orientation}.jpg`, `cut-${orientation}.png`];
    const file = path.join(folder, turned);
    await sharp(photo).withMetadata({ orientation }).jpeg({ quality: 95 }).toFile(file);
    const upright = await sharp(file).autoOrient().png().toBuffer();
    const part = { left: 20, top: 31, width: 38, height: 59 };
    await sharp(upright).extract(part).png().toFile(path.join(folder, cut));
    const preprocessing = { ...plainPixels(40, 32), fit: 'squash' } as const;
    const wanted = await render(t, path.join(folder, cut), preprocessing);
    const boxed = await viewsOf(t, { path: file, box, label: 0 }, preprocessing, 'center');
    assert.ok(difference(boxed, wanted).mean < 0.7, `orientation ${orientation}`);
  }
});

test('when a box has a margin, then it is that of the recipe, cut at the edges of the photo', async (t) => {
  const preprocessing: Preprocessing = { ...plainPixels(32, 32), fit: 'squash', boxMargin: 0.25 };
  const sample = { path: photo, label: 0, box: [20, 4, 60, 44] } as const;
  const loader = loaderFor(t, { samples: [sample], preprocessing });
  const [recipe] = loader.recipesOf(0, { width: 150, height: 110 });
  assert.deepEqual(recipe?.window, { left: 10, top: 0, width: 60, height: 54 });
  const boxed = await viewsOf(t, sample, preprocessing, 'center');
  const same = await viewsOf(
    t,
    { ...sample, box: [10, 0, 70, 54] },
    { ...preprocessing, boxMargin: 0 },
    'center',
  );
  assert.deepEqual(boxed, same);
  assert.throws(
    () => loaderFor(t, { samples: [{ ...sample, box: [20, 4, 20, 44] }], preprocessing }),
    /four whole numbers x0, y0, x1, y1 .* for the box of .*photo\.jpg/,
  );
  const outside = loaderFor(t, {
    samples: [{ ...sample, box: [900, 4, 990, 44] }],
    preprocessing,
    damaged: 'fail',
  });
  await assert.rejects(outside.epoch(0).next(), /its box shows nothing of its 150 x 110 pixels/);
});

/** All views of one image. */
async function viewsOf(
  t: TestContext,
  sample: LoaderSample,
  preprocessing: Preprocessing,
  crop: Augmentation['crop'],
): Promise<Float32Array> {
  const augmentation = { ...evaluationAugmentation, crop };
  const loader = loaderFor(t, { samples: [sample], preprocessing, augmentation, damaged: 'fail' });
  for await (const batch of loader.epoch(3)) {
    return takePixels(batch);
  }
  throw new Error('the loader gave no batch');
}
