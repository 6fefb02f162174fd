/** Measurements of a folder, and the sentence of advice that is drawn from them. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { adviceOn, type Measurement, measureLoader } from '../../src/pipeline/index.js';
import { drawPicture, plainPixels, temporaryFolder } from './pictures.js';

const measured = (changes: Partial<Measurement> = {}): Measurement => ({
  threads: 1,
  imagesPerSecond: 100,
  readShare: 0.05,
  decodeShare: 0.75,
  renderShare: 0.2,
  unreadable: 0,
  ...changes,
});

test('when a folder is measured, then the shares add up to one and a damaged file is counted', async (t) => {
  const folder = temporaryFolder(t);
  const files = ['a.jpg', 'b.jpg', 'c.jpg'].map((name) => path.join(folder, name));
  const raw = { width: 60, height: 40, channels: 3 } as const;
  for (const [variant, file] of files.entries()) {
    await sharp(drawPicture(60, 40, variant), { raw })
      .jpeg()
      .toFile(file);
  }
  writeFileSync(files[2] as string, 'no image');

  const preprocessing = plainPixels(40, 32);
  const result = await measureLoader({ files, threads: 1, seconds: 0.1, preprocessing });

  assert.equal(result.unreadable, 1);
  assert.ok(result.imagesPerSecond > 0);
  assert.ok(Math.abs(result.readShare + result.decodeShare + result.renderShare - 1) < 1e-9);
});

const small = { cores: 2, bytesPerFile: 30_000 };
const doubled = [measured(), measured({ threads: 2, imagesPerSecond: 195 })];

for (const { when, measurements, circumstances, advice } of [
  {
    when: 'reading takes half of the time',
    measurements: [measured({ readShare: 0.5, decodeShare: 0.3 })],
    circumstances: small,
    advice: /50% .*faster disk/,
  },
  {
    when: 'a second thread adds nothing',
    measurements: [measured(), measured({ threads: 2, imagesPerSecond: 105 })],
    circumstances: small,
    advice: /are enough/,
  },
  {
    when: 'large files are mostly decoded',
    measurements: doubled,
    circumstances: { cores: 2, bytesPerFile: 2_000_000 },
    advice: /2000 KB: store them smaller/,
  },
  {
    when: 'cores are left over',
    measurements: doubled,
    circumstances: { ...small, cores: 8 },
    advice: /more threads: 8 cores/,
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
