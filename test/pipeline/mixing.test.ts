/** Mixup and cutmix through the loader: pixels against the formula over unmixed views, damage, same bytes. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import {
  type Augmentation,
  createLoader,
  type LoaderOptions,
  type LoaderSample,
  type PixelType,
} from '../../src/pipeline/index.js';
import { temporaryFolder } from '../support/folders.js';
import {
  difference,
  loaderFor,
  plainPixels,
  sharpPicture,
  writePictures,
} from '../support/pictures.js';

const preprocessing = plainPixels(40, 32);
const values = 32 * 32 * 3;
const everything: Partial<Augmentation> = {
  crop: 'random-resized',
  brightness: 0.4,
  hue: 0.1,
  noise: 5,
};
const count = 40;

/** Labelled by their number; every fourth is a PNG. */
async function pictures(t: TestContext): Promise<LoaderSample[]> {
  const samples = await writePictures(temporaryFolder(t), { count, width: 90, height: 70 });
  for (const { path, label } of samples.filter((_, i) => i % 4 === 0)) {
    await sharpPicture(80, 60, label).png().toFile(path);
  }
  return samples;
}

interface Row {
  label: number;
  partner: number;
  weight: number;
  pixels: Float32Array | Uint8Array;
}

/** The rows of an epoch. */
async function rowsOf(t: TestContext, options: LoaderOptions<PixelType>, epoch = 0) {
  const loader = createLoader<PixelType>({ batchSize: 7, seed: 21, threads: 2, ...options });
  t.after(() => loader.close());
  const rows: Row[] = [];
  for await (const batch of loader.epoch(epoch)) {
    const pixels = batch.pixels();
    batch.release();
    // Labelled by their number.
    assert.deepEqual(batch.partners, batch.partnerLabels);
    batch.labels.forEach((label, i) => {
      rows.push({
        label,
        partner: batch.partnerLabels[i] as number,
        weight: batch.weights[i] as number,
        pixels: pixels.subarray(i * values, (i + 1) * values),
      });
    });
  }
  return rows;
}

const isPng = (label: number) => label % 4 === 0;

/** Mixed rows, each with both of its unmixed views of the same epoch. */
async function mixedRows(t: TestContext, mixing: Partial<Augmentation>, epoch: number) {
  const options = { samples: await pictures(t), preprocessing };
  const plain = await rowsOf(t, { ...options, augmentation: everything }, epoch);
  const pixelsOf = (wanted: number) => (plain.find(({ label }) => label === wanted) as Row).pixels;
  const rows = await rowsOf(
    t,
    { ...options, augmentation: { ...everything, ...mixing }, shuffle: true },
    epoch,
  );
  for (const { label, partner, weight, pixels } of rows) {
    if (weight < 1) {
      continue;
    }
    assert.equal(partner, label);
    assert.deepEqual(pixels, pixelsOf(label));
  }
  const mixed = rows.filter(({ weight }) => weight < 1);
  const ofFormats = (own: boolean, other: boolean) =>
    mixed.some(({ label, partner }) => isPng(label) === own && isPng(partner) === other);
  for (const [own, other] of [
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ] as const) {
    assert.ok(ofFormats(own, other), `no mixture of PNG ${own} and ${other}: take another seed`);
  }
  return mixed.map((row) => ({
    ...row,
    own: pixelsOf(row.label),
    other: pixelsOf(row.partner),
  }));
}

test('when mixup is on, then a row is λ · own + (1 − λ) · partner, including noise', async (t) => {
  const rows = await mixedRows(t, { mixup: 0.6, mixProbability: 0.9 }, 3);
  assert.ok(rows.length < count);
  for (const { label, partner, weight, pixels, own, other } of rows) {
    assert.notEqual(partner, label);
    pixels.forEach((value, i) => {
      const wanted = weight * (own[i] as number) + (1 - weight) * (other[i] as number);
      assert.ok(Math.abs(value - wanted) < 1e-4, `${value} instead of ${wanted}`);
    });
  }
});

test('when cutmix is on, then a rectangle of 1 − λ of the row is the partner’s', async (t) => {
  for (const { weight, pixels, own, other } of await mixedRows(t, { cutmix: 1 }, 8)) {
    const pasted: number[] = [];
    for (let pixel = 0; pixel < 32 * 32; pixel++) {
      const [actual, mine, theirs] = [pixels, own, other].map((all) =>
        String(all.subarray(3 * pixel, 3 * pixel + 3)),
      );
      if (actual === theirs && theirs !== mine) {
        pasted.push(pixel);
      } else {
        assert.equal(actual, mine);
      }
    }
    const sides = [(pixel: number) => pixel % 32, (pixel: number) => Math.floor(pixel / 32)].map(
      (along) => Math.max(...pasted.map(along)) - Math.min(...pasted.map(along)) + 1,
    ) as [number, number];
    assert.equal(sides[0] * sides[1], pasted.length, 'not a rectangle');
    assert.ok(Math.abs(pasted.length / 32 ** 2 - (1 - weight)) < 1e-6);
  }
});

test('when batches are uint8 or of 16 bits, then mixed rows equal the float32 ones within rounding', async (t) => {
  const options = {
    samples: await pictures(t),
    preprocessing,
    augmentation: { ...everything, mixup: 1, cutmix: 1 },
  };
  const wanted = await rowsOf(t, options);
  for (const dtype of ['uint8', 'bfloat16', 'float16'] as const) {
    const rows = await rowsOf(t, { ...options, dtype });
    rows.forEach(({ weight, partner, pixels }, i) => {
      const row = wanted[i] as Row;
      assert.deepEqual([weight, partner], [row.weight, row.partner]);
      const { largest } = difference(pixels, row.pixels);
      // Rounded twice by half a level: bfloat16 has 8 bits, so whole levels from 128 on.
      assert.ok(largest <= 1 + 1e-4, `${dtype}: ${largest}`);
    });
  }
});

test('when threads and batch sizes differ, then mixed rows are the same', async (t) => {
  const options: LoaderOptions = {
    samples: await pictures(t),
    preprocessing,
    augmentation: { ...everything, mixup: 0.3, cutmix: 1 },
    shuffle: true,
  };
  const wanted = await rowsOf(t, { ...options, threads: 1 });
  for (const { threads, batchSize } of [
    { threads: 2, batchSize: 1 },
    { threads: 8, batchSize: 16 },
  ]) {
    assert.deepEqual(await rowsOf(t, { ...options, threads, batchSize, slots: 9 }), wanted);
  }
  assert.notDeepEqual(await rowsOf(t, options, 1), wanted);
});

test('when partners are damaged, then others replace them and each is named once', async (t) => {
  const samples = await pictures(t);
  const broken = [7, 8, 9].map((i) => (samples[i] as LoaderSample).path);
  for (const file of broken) {
    writeFileSync(file, 'not an image');
  }
  const loader = loaderFor(t, { samples, preprocessing, augmentation: { mixup: 1 } });
  for (let epoch = 0; epoch < 3; epoch++) {
    for await (const batch of loader.epoch(epoch)) {
      const { partnerLabels, weights } = batch;
      batch.release();
      assert.ok(partnerLabels.every((label) => ![-1, 7, 8, 9].includes(label)));
      assert.equal(weights.length, partnerLabels.length);
    }
  }
  assert.deepEqual(
    loader.failures.map(({ path }) => path),
    broken,
  );
});

test('when an image has several views, then mixing is refused', () => {
  const samples = [{ path: '/nowhere.jpg', label: 0 }];
  for (const [name, crop] of [
    ['mixup', 'ten'],
    ['cutmix', 'five'],
  ] as const) {
    assert.throws(
      () => createLoader({ samples, preprocessing, augmentation: { crop, [name]: 0.2 } }),
      new RegExp(`Expected 0 with crop ${crop} for ${name} but received 0.2`),
    );
  }
});
