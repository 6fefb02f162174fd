/** Effects through the loader: it renders the returned recipe, for any number of threads and any batch size. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { type Augmentation, evaluationAugmentation } from '../../src/pipeline/index.js';
import { temporaryFolder } from '../support/folders.js';
import {
  difference,
  loaderFor,
  plainPixels,
  takePixels,
  writePictures,
} from '../support/pictures.js';

const photo = path.join(import.meta.dirname, '..', 'fixtures', 'pipeline', 'photo.jpg');

type Triple = [number, number, number];

const everything: Partial<Augmentation> = {
  brightness: 0.4,
  contrast: 0.4,
  saturation: 0.4,
  hue: 0.1,
  noise: 5,
  verticalFlip: 0.5,
  grayscale: 0.3,
  rotation: 30,
  blur: 0.5,
  blurSigma: [0.1, 3],
  perspective: 0.4,
  randAugment: 2,
  erase: 0.7,
  eraseFill: 'noise',
};

test('when threads and batch size differ, then all effects give the same bytes', async (t) => {
  const samples = await writePictures(temporaryFolder(t), { count: 13, width: 90, height: 70 });
  const renderAll = async (threads: number, batchSize: number) => {
    const options = { samples, preprocessing: plainPixels(48, 48), augmentation: everything };
    const loader = loaderFor(t, { ...options, threads, batchSize, seed: 4 });
    const batches: Float32Array[] = [];
    for await (const batch of loader.epoch(1)) {
      batches.push(takePixels(batch));
    }
    return batches.flatMap((pixels) => [...pixels]);
  };
  const wanted = await renderAll(1, 13);
  assert.deepEqual(await renderAll(4, 1), wanted);
  assert.deepEqual(await renderAll(3, 5), wanted);
});

test('when channels are BGR, then views are the RGB ones reversed, with effects and without', async (t) => {
  const samples = await writePictures(temporaryFolder(t), { count: 9, width: 90, height: 70 });
  const records = [
    { ...plainPixels(48, 48), mean: [200, 100, 50], std: [60, 50, 40], channels: 'rgb' },
    { ...plainPixels(48, 48), mean: [50, 100, 200], std: [40, 50, 60], channels: 'bgr' },
  ] as const;
  for (const effects of [{ ...everything, noise: 0, eraseFill: 'mean' } as const, {}]) {
    for (const mixing of [{}, { mixup: 1, cutmix: 1 }]) {
      const [rgb = [], bgr = []] = await Promise.all(
        records.map(async ({ mean, std, ...record }) => {
          const preprocessing = { ...record, mean: [...mean] as Triple, std: [...std] as Triple };
          const augmentation = { ...effects, ...mixing };
          const loader = loaderFor(t, { samples, preprocessing, augmentation, batchSize: 9 });
          for await (const batch of loader.epoch(1)) {
            return takePixels(batch);
          }
          throw new Error('the loader gave no batch');
        }),
      );
      const reversed = Float32Array.from(bgr, (_, i) => bgr[i - (i % 3) + 2 - (i % 3)] as number);
      assert.ok(reversed.length > 0);
      assert.deepEqual(reversed, rgb);
    }
  }
});

test('when a view is turned upside down, then its rows are those of the plain view in reverse', async (t) => {
  const [plain, turned] = await renderBoth(t, {}, { verticalFlip: 1 });
  const row = 48 * 3;
  for (let y = 0; y < 48; y++) {
    const wanted = plain.subarray((47 - y) * row, (48 - y) * row);
    assert.deepEqual(turned.subarray(y * row, (y + 1) * row), wanted);
  }
});

test('when a recipe has an erased rectangle, then the rectangle is the mean and the rest is unchanged', async (t) => {
  const [plain, erased, recipe] = await renderBoth(t, {}, { erase: 1 });
  const rectangle = recipe.erased;
  assert.ok(rectangle);
  for (let i = 0; i < plain.length; i++) {
    const x = Math.floor(i / 3) % 48;
    const y = Math.floor(i / 3 / 48);
    const inside: boolean =
      x >= rectangle.left &&
      x < rectangle.left + rectangle.width &&
      y >= rectangle.top &&
      y < rectangle.top + rectangle.height;
    assert.equal(erased[i], inside ? 0 : plain[i]);
  }
});

test('when a view is rotated, then its corners have the mean, which is zero for the model', async (t) => {
  const preprocessing = {
    ...plainPixels(48, 48),
    mean: [200, 100, 50] as [number, number, number],
  };
  const augmentation = { ...evaluationAugmentation, rotation: 180 };
  const samples = Array.from({ length: 20 }, () => ({ path: photo, label: 0 }));
  const loader = loaderFor(t, { samples, preprocessing, augmentation, batchSize: 1 });
  let steep = 0;
  for await (const batch of loader.epoch(0)) {
    const [recipe] = loader.recipesOf(batch.indices[0] as number, { width: 150, height: 110 });
    const { kind, amount } = recipe?.effects[0] ?? {};
    assert.equal(kind, 'rotate');
    const pixels = takePixels(batch);
    // Between 20° and 70° from the axes all corners lie far outside the rotated view.
    const fromAxis = Math.abs((amount as number) % 90);
    if (fromAxis < 20 || fromAxis > 70) {
      continue;
    }
    steep += 1;
    for (const corner of [0, 47 * 3, 47 * 48 * 3, (48 * 48 - 1) * 3]) {
      assert.ok(difference(pixels.subarray(corner, corner + 3), [0, 0, 0]).largest < 1e-4);
    }
  }
  assert.ok(steep > 3);
});

test('when five crops are taken, then they are the first five of ten', async (t) => {
  const samples = [{ path: photo, label: 3 }];
  const views = async (crop: 'five' | 'ten') => {
    const augmentation = { ...evaluationAugmentation, crop };
    const options = { samples, preprocessing: plainPixels(72, 48), augmentation, batchSize: 1 };
    for await (const batch of loaderFor(t, options).epoch(0)) {
      assert.deepEqual([...batch.shape], [crop === 'five' ? 5 : 10, 48, 48, 3]);
      return takePixels(batch);
    }
    throw new Error('the loader gave no batch');
  };
  const five = await views('five');
  assert.deepEqual(five, (await views('ten')).subarray(0, five.length));
});

/** One photo's centre crop under two augmentations, and the recipe of the second. */
async function renderBoth(
  t: Parameters<typeof loaderFor>[0],
  first: Partial<Augmentation>,
  second: Partial<Augmentation>,
) {
  const [a, b] = [first, second].map((augmentation) =>
    loaderFor(t, {
      samples: [{ path: photo, label: 0 }],
      preprocessing: plainPixels(48, 48),
      augmentation: { ...evaluationAugmentation, ...augmentation },
      batchSize: 1,
    }),
  );
  const pixels: Float32Array[] = [];
  for (const loader of [a, b]) {
    assert.ok(loader);
    for await (const batch of loader.epoch(0)) {
      pixels.push(takePixels(batch));
    }
  }
  const [recipe] = b?.recipesOf(0, { width: 150, height: 110 }) ?? [];
  assert.ok(recipe && pixels[0] && pixels[1]);
  return [pixels[0], pixels[1], recipe] as const;
}
