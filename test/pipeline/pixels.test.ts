/** Compares the loader's pixels with Pillow's and with the original pictures. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import {
  evaluationAugmentation,
  type LoaderOptions,
  type Preprocessing,
} from '../../src/pipeline/index.js';
import { temporaryFolder } from '../support/folders.js';
import {
  difference,
  loaderFor,
  plainPixels,
  render,
  sharpPicture,
  takePixels,
} from '../support/pictures.js';

const fixtures = path.join(import.meta.dirname, '..', 'fixtures', 'pipeline');
const photo = path.join(fixtures, 'photo.jpg');

/** The photo as decoded pixels, so that only rendering is tested. */
async function pixelsOfPhoto(folder: string): Promise<string> {
  const file = path.join(folder, 'photo.png');
  await sharp(photo).png().toFile(file);
  return file;
}

/** The photo's centre crop by Pillow. */
const photoCenter = () => pictureOf('photo-center.png');

const pictureOf = (name: string) => sharp(path.join(fixtures, name)).raw().toBuffer();

test('when the centre crop is rendered, then it equals Pillow’s resize and crop within rounding', async (t) => {
  const actual = await render(t, await pixelsOfPhoto(temporaryFolder(t)), plainPixels(72, 64));
  // Pillow rounds to whole levels after each of its two passes: half a level each.
  const { largest, mean } = difference(actual, await photoCenter());
  assert.ok(largest < 1.3, `largest difference ${largest}`);
  assert.ok(mean < 0.4, `mean difference ${mean}`);
});

test('when a JPEG is resampled before its colours are converted, then only edges of saturated colours differ', async (t) => {
  const wanted = await photoCenter();
  const actual = await render(t, photo, plainPixels(72, 64));
  const errors = actual.map((value, i) => Math.abs(value - (wanted[i] as number)));
  const squares = errors.reduce((sum, error) => sum + error * error, 0);
  const decibels = 10 * Math.log10(255 ** 2 / (squares / errors.length));
  // Bobbin clamps colours outside RGB once at the end, libjpeg at every pixel of the photo.
  const beyond = errors.filter((error) => error > 1.3).length;
  assert.ok(decibels > 45, `${decibels} dB`);
  assert.ok(beyond < 0.02 * errors.length, `${beyond} values differ by more than 1.3`);
});

test('when a model has mean, std and BGR, then each channel gets its own values', async (t) => {
  const plain = await render(t, photo, plainPixels(72, 64));
  const scaled: Preprocessing = {
    ...plainPixels(72, 64),
    mean: [100, 110, 120],
    std: [50, 60, 70],
    channels: 'bgr',
  };
  const actual = await render(t, photo, scaled);
  const wanted = plain.map((_, i) => {
    const channel = i % 3;
    const value = plain[i - channel + 2 - channel] as number;
    return (value - (scaled.mean[channel] as number)) / (scaled.std[channel] as number);
  });
  assert.ok(difference(actual, wanted).largest < 1e-4);
});

test('when ten crops are taken, then they are corners and centre, and the same mirrored', async (t) => {
  const loader = loaderFor(t, {
    samples: [
      { path: photo, label: 3 },
      { path: photo, label: 4 },
    ],
    preprocessing: plainPixels(72, 48),
    augmentation: { ...evaluationAugmentation, crop: 'ten' },
    batchSize: 2,
  });
  for await (const batch of loader.epoch(0)) {
    assert.deepEqual([...batch.shape], [20, 48, 48, 3]);
    assert.deepEqual([...batch.labels], [3, 4]);
    const pixels = takePixels(batch);
    const view = (i: number) => pixels.subarray(i * 48 * 48 * 3, (i + 1) * 48 * 48 * 3);
    // Resized to 98×72, a 48-pixel crop lies at 0, 25 or 50 by 0, 12 or 24; wider crops hold them all.
    const whole = await sharp(photo)
      .resize(98, 72, { fit: 'fill', kernel: 'linear' })
      .raw()
      .toBuffer();
    const corners = [
      [0, 0],
      [50, 0],
      [0, 24],
      [50, 24],
      [25, 12],
    ] as const;
    for (const [i, [left, top]] of corners.entries()) {
      const cut = await sharp(whole, { raw: { width: 98, height: 72, channels: 3 } })
        .extract({ left, top, width: 48, height: 48 })
        .raw()
        .toBuffer();
      const mirrored = await sharp(cut, { raw: { width: 48, height: 48, channels: 3 } })
        .flop()
        .raw()
        .toBuffer();
      assert.ok(difference(view(i), cut).mean < 1.5, `view ${i}`);
      assert.ok(difference(view(i + 5), mirrored).mean < 1.5, `view ${i + 5}`);
      assert.deepEqual(view(i), view(i + 10), 'the second image is the same photo');
    }
  }
});

test('when a window has variants, then each is what Pillow makes of it, or the plain window', async (t) => {
  const file = await pixelsOfPhoto(temporaryFolder(t));
  const [mean, std] = [
    [102, 128, 153],
    [1, 1, 1],
  ] as [Preprocessing['mean'], Preprocessing['std']];
  const loader = loaderFor(t, {
    samples: [{ path: file, label: 0 }],
    preprocessing: { ...plainPixels(72, 64), mean, std },
    variants: [{}, { scale: 1.25 }, { mirror: true, turn: 15 }, { mirror: true }],
    batchSize: 1,
  });
  for await (const batch of loader.epoch(0)) {
    assert.deepEqual([...batch.shape], [4, 64, 64, 3]);
    const values = 64 * 64 * 3;
    const pixels = takePixels(batch).map((value, i) => value + (mean[i % 3] as number));
    const view = (i: number) => pixels.subarray(i * values, (i + 1) * values);
    const plain = await render(t, file, plainPixels(72, 64));
    assert.ok(difference(view(0), plain).largest < 1e-4, 'the plain window');
    const scaled = difference(view(1), await pictureOf('photo-scaled.png'));
    assert.ok(scaled.largest < 1.3 && scaled.mean < 0.4, `${scaled.largest}, ${scaled.mean}`);
    const row = 64 * 3;
    const pixel = (i: number) => [Math.floor(i / row), Math.floor((i % row) / 3), i % 3] as const;
    const mirrored = plain.map((_, i) => {
      const [y, x, channel] = pixel(i);
      return plain[y * row + (63 - x) * 3 + channel] as number;
    });
    assert.ok(difference(view(3), mirrored).largest < 1e-4, 'the mirrored window');
    // At the border of the window Pillow repeats the last pixel, where Bobbin blends it with the fill.
    const wanted = await pictureOf('photo-turned.png');
    const inside = (_: number, i: number) => {
      const [y, x] = pixel(i);
      return Math.hypot(x - 31.5, y - 31.5) < 31;
    };
    const turned = difference(view(2).filter(inside), wanted.filter(inside));
    assert.ok(turned.largest < 2 && turned.mean < 0.6, `${turned.largest}, ${turned.mean}`);
    const corner = difference(view(2).subarray(0, 3), mean);
    assert.ok(corner.largest < 1e-3, `corner ${corner.largest}`);
  }
});

test('when ten windows have variants, then each variant has ten windows, and one decode is counted', async (t) => {
  const samples = [
    { path: photo, label: 0 },
    { path: photo, label: 1 },
  ];
  const options = { samples, preprocessing: plainPixels(72, 48), batchSize: 2 };
  const augmentation = { ...evaluationAugmentation, crop: 'ten' } as const;
  const variants = [{ turn: -10 }, { scale: 1.5 }];
  const viewsOf = async (resize: number, given: typeof variants) => {
    const preprocessing = plainPixels(resize, 48);
    const loader = loaderFor(t, { ...options, preprocessing, augmentation, variants: given });
    for await (const batch of loader.epoch(0)) {
      assert.equal(loader.statistics.images, 2);
      return takePixels(batch);
    }
    throw new Error('the loader gave no batch');
  };
  const both = await viewsOf(72, variants);
  const values = 10 * 48 * 48 * 3;
  const part = (i: number) => both.subarray(i * values, (i + 1) * values);
  const turned = await viewsOf(72, variants.slice(0, 1));
  const larger = await viewsOf(108, [{ scale: 1 }]);
  assert.deepEqual(part(0), turned.subarray(0, values));
  assert.deepEqual(part(1), larger.subarray(0, values));
  assert.deepEqual(part(2), part(0));
  assert.deepEqual(part(3), part(1));
});

test('when variants do not fit, then the error says why', (t) => {
  const options = { samples: [{ path: photo, label: 0 }], preprocessing: plainPixels(72, 64) };
  const wrong: [Partial<LoaderOptions>, RegExp][] = [
    [{ variants: [] }, /Missing one variant or more for variants/],
    [
      { variants: [{ scale: 0.8 }] },
      /a scale from 0\.889 to 113\.777 for .* but received 0\.8.*sees 64 px/,
    ],
    [{ variants: [{ turn: 200 }] }, /a number from -180 to 180 for turn/],
    [{ variants: [{ flip: true } as never] }, /a key of variants\[0\]/],
    [{ variants: [{}], augmentation: { crop: 'random' } }, /a random crop, mixup or cutmix/],
  ];
  for (const [change, message] of wrong) {
    assert.throws(() => loaderFor(t, { ...options, ...change }), {
      name: 'InvalidInputError',
      message,
    });
  }
});

test('when a file is not a JPEG, then its content shows the format and it is rendered alike', async (t) => {
  const folder = temporaryFolder(t);
  const wanted = await render(t, await pixelsOfPhoto(folder), plainPixels(72, 64));
  const rgb = await sharp(photo).raw().toBuffer();
  const image = () => sharp(rgb, { raw: { width: 150, height: 110, channels: 3 } });
  const files = {
    png: image().png(),
    tiff: image().tiff({ compression: 'lzw' }),
    webp: image().webp({ lossless: true }),
    avif: image().avif({ lossless: true, chromaSubsampling: '4:4:4' }),
  };
  for (const [format, pipeline] of Object.entries(files)) {
    // The name is wrong: only the content counts.
    const file = path.join(folder, `${format}.jpg`);
    await pipeline.toFile(file);
    const { largest } = difference(await render(t, file, plainPixels(72, 64)), wanted);
    // AVIF stores luma and chroma, whose rounding costs a few levels.
    assert.ok(largest < (format === 'avif' ? 4 : 1.1), `${format}: ${largest}`);
  }
});

test('when a PNG is grey, 16-bit, transparent or turned, then it is rendered as upright RGB', async (t) => {
  const folder = temporaryFolder(t);
  const size = plainPixels(32, 32);
  const grey = path.join(folder, 'grey.png');
  await sharpPicture(40, 40).greyscale().png().toFile(grey);
  const greyPixels = await render(t, grey, size);
  for (let i = 0; i < greyPixels.length; i += 3) {
    assert.equal(greyPixels[i], greyPixels[i + 2]);
  }

  const deep = path.join(folder, 'deep.png');
  await sharpPicture(40, 40).toColourspace('rgb16').png().toFile(deep);
  const flat = path.join(folder, 'flat.png');
  await sharpPicture(40, 40).png().toFile(flat);
  assert.ok(difference(await render(t, deep, size), await render(t, flat, size)).largest < 1.1);

  const clear = path.join(folder, 'clear.png');
  const background = { r: 10, g: 20, b: 30, alpha: 0 };
  await sharp({ create: { width: 40, height: 40, channels: 4, background } })
    .png()
    .toFile(clear);
  assert.ok((await render(t, clear, size)).every((value) => value > 254.9));

  const turned = path.join(folder, 'turned.webp');
  await sharpPicture(40, 40)
    .rotate(270)
    .withMetadata({ orientation: 6 })
    .webp({ lossless: true })
    .toFile(turned);
  assert.ok(difference(await render(t, turned, size), await render(t, flat, size)).mean < 1);
});

test('when a recipe is drawn in advance, then the loader renders the same recipe', async (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'ramp.png');
  // Red is x and green is y, so that a view's mean colour shows the position of its window.
  const [width, height] = [250, 200];
  const ramp = Buffer.alloc(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    ramp[3 * i] = i % width;
    ramp[3 * i + 1] = Math.floor(i / width);
  }
  await sharp(ramp, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(file);
  const loader = loaderFor(t, {
    samples: Array.from({ length: 12 }, () => ({ path: file, label: 0 })),
    preprocessing: plainPixels(40, 40),
    augmentation: { crop: 'random-resized', flip: 0.5 },
    batchSize: 1,
    seed: 8,
  });
  let mirrored = 0;
  for await (const batch of loader.epoch(2)) {
    const sample = batch.indices[0] as number;
    const [recipe] = loader.recipesOf(sample, { epoch: 2, width, height });
    assert.ok(recipe);
    const pixels = takePixels(batch);
    const mean = (channel: number) =>
      pixels.reduce((sum, value, i) => sum + (i % 3 === channel ? value : 0), 0) / 1600;
    const { left, top, width: wide, height: high } = recipe.window;
    assert.ok(Math.abs(mean(0) - (left + wide / 2 - 0.5)) < 0.5, `sample ${sample}: x`);
    assert.ok(Math.abs(mean(1) - (top + high / 2 - 0.5)) < 0.5, `sample ${sample}: y`);
    assert.equal(recipe.flip, (pixels[0] as number) > (pixels[39 * 3] as number));
    mirrored += recipe.flip ? 1 : 0;
  }
  assert.ok(mirrored > 0 && mirrored < 12);
});
