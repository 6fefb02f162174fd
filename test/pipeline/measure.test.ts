/** Measurements of a folder, and the advice that follows from them. */
import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import {
  addWork,
  adviceOn,
  type Measurement,
  measureLoader,
  measurementOf,
  noWork,
} from '../../src/pipeline/index.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPicture, loaderFor, plainPixels } from '../support/pictures.js';

const measured = (changes: Partial<Measurement> = {}): Measurement => ({
  threads: 1,
  imagesPerSecond: 100,
  readShare: 0.05,
  decodeShare: 0.75,
  renderShare: 0.2,
  otherFormatsShare: 0,
  bytesPerImage: 30_000,
  unreadable: 0,
  ...changes,
});

test('when a folder is measured, then shares, sizes and formats match its files', async (t) => {
  const folder = temporaryFolder(t);
  const files = ['a.jpg', 'b.jpg', 'c.jpg'].map((name) => path.join(folder, name));
  const raw = { width: 60, height: 40, channels: 3 } as const;
  for (const [variant, file] of files.entries()) {
    await sharp(drawPicture(60, 40, variant), { raw })
      .jpeg()
      .toFile(file);
  }
  writeFileSync(files[2] as string, 'no image');
  files.push(path.join(folder, 'd.png'));
  await sharp(drawPicture(60, 40), { raw })
    .png()
    .toFile(files[3] as string);

  const preprocessing = plainPixels(40, 32);
  const result = await measureLoader({ files, threads: 1, seconds: 0.1, preprocessing });

  assert.equal(result.unreadable, 1);
  assert.ok(result.imagesPerSecond > 0);
  assert.ok(Math.abs(result.readShare + result.decodeShare + result.renderShare - 1) < 1e-9);

  const samples = files.map((file) => ({ path: file, label: 0 }));
  const loader = loaderFor(t, { samples, preprocessing, damaged: 'mark' });
  for await (const batch of loader.epoch(0)) {
    batch.release();
  }
  const { images, readBytes, otherFormats, otherFormatsMs } = loader.statistics;
  assert.equal(images, 3);
  assert.equal(otherFormats, 1, 'the PNG, not the text file');
  assert.ok(otherFormatsMs > 0);
  const sizes = files.map((file) => statSync(file).size);
  assert.equal(
    readBytes,
    sizes.reduce((sum, size) => sum + size),
  );
});

test('when work continues after a stop, then both parts count as one measurement', () => {
  const work = { images: 10, readBytes: 5000, readMs: 1, decodeMs: 6, renderMs: 3 };
  const others = {
    otherFormats: 2,
    otherFormatsMs: 40,
    deviceDecoded: 3,
    deviceRendered: 5,
    deviceMs: 7,
  };
  const before = { ...noWork, images: 4, readBytes: 900, decodeMs: 2, otherFormats: 1 };
  const now = { ...work, ...others, images: 14, readBytes: 5900, decodeMs: 8, otherFormats: 3 };
  const sum = addWork({ ...work, ...others }, before, now);
  assert.deepEqual(sum, {
    images: 20,
    readBytes: 10_000,
    readMs: 2,
    decodeMs: 12,
    renderMs: 6,
    otherFormats: 4,
    otherFormatsMs: 80,
    deviceDecoded: 6,
    deviceRendered: 10,
    deviceMs: 14,
  });
  const run = { threads: 2, imagesPerSecond: 7, unreadable: 0 };
  assert.deepEqual(measurementOf(run, sum), {
    ...run,
    readShare: 0.1,
    decodeShare: 0.6,
    renderShare: 0.3,
    otherFormatsShare: 0.2,
    bytesPerImage: 500,
  });
});

const small = { cores: 2, waitShare: 1 };
const doubled = [measured(), measured({ threads: 2, imagesPerSecond: 195 })];

for (const { when, measurements, circumstances, advice } of [
  {
    when: 'reading takes half of the time',
    measurements: [measured({ readShare: 0.5, decodeShare: 0.3 })],
    circumstances: small,
    advice: /50 % .*faster disk/,
  },
  {
    when: 'a second thread adds nothing',
    measurements: [measured(), measured({ threads: 2, imagesPerSecond: 105 })],
    circumstances: small,
    advice: /^1 thread is enough/,
  },
  {
    when: 'threads above the second add nothing',
    measurements: Object.entries({ 1: 1000, 2: 1900, 4: 2000, 8: 2050 }).map(
      ([threads, imagesPerSecond]) => measured({ threads: Number(threads), imagesPerSecond }),
    ),
    circumstances: { ...small, cores: 8 },
    advice: /^2 threads are enough/,
  },
  {
    when: 'only what was not in memory yet is slow to read',
    measurements: doubled,
    circumstances: { ...small, firstReadShare: 0.8 },
    advice: /^Reading took 80 % of the time at first, .*faster disk/,
  },
  {
    when: 'large files are mostly decoded',
    measurements: doubled.map((one) => ({ ...one, bytesPerImage: 2_000_000 })),
    circumstances: small,
    advice: /2000 KB: store smaller images/,
  },
  {
    when: 'cores are left over',
    measurements: doubled,
    circumstances: { ...small, cores: 8 },
    advice: /more threads than 2: the machine has 8 cores, and each thread so far/,
  },
  {
    when: 'one run has not used every core',
    measurements: [measured()],
    circumstances: { ...small, cores: 8, waitShare: 0.6 },
    advice: /^Use more threads than 1: the machine has 8 cores\.$/,
  },
  {
    when: 'the consumer hardly waits',
    measurements: [measured({ readShare: 0.9, otherFormatsShare: 1 })],
    circumstances: { ...small, waitShare: 0.02 },
    advice: /is fast enough: waiting for images takes only 2 % of the time, .* a faster step/,
  },
  {
    when: 'many images are not JPEG files',
    measurements: [measured({ otherFormatsShare: 0.4 })],
    circumstances: small,
    advice: /40 % of the images are not JPEG files .* store them as JPEG/,
  },
  { when: 'all cores work', measurements: doubled, circumstances: small, advice: /All 2 cores/ },
  {
    when: 'nothing could be read',
    measurements: [measured({ imagesPerSecond: 0 })],
    circumstances: small,
    advice: /No file could be read/,
  },
]) {
  test(`when ${when}, then the advice says so`, () => {
    assert.match(adviceOn(measurements, circumstances), advice);
  });
}
