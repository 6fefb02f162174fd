/** The mean and deviation of a run's own images, against those that NumPy computes of the same pixels. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { Manifest } from '../../../src/dataset/index.js';
import { loadClassifier } from '../../../src/model/index.js';
import type { Preprocessing } from '../../../src/pipeline/index.js';
import { train } from '../../../src/training/index.js';
import { temporaryFolder } from '../../support/folders.js';
import { drawPhotos } from '../../support/photos.js';
import { smallClassifier } from '../../support/small-classifier.js';

const folder = temporaryFolder();
const manifest = await drawPhotos(folder, { training: 1, validation: 1 });
const [width, height] = [50, 40];

/** Pixel (x, y) of image k has in channel c the level (5x + 3y + 70c + xyk) mod 256. */
function picture(k: number): Buffer {
  const levels = Array.from({ length: width * height * 3 }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return (5 * x + 3 * y + 70 * c + x * y * k) % 256;
  });
  return Buffer.concat([Buffer.from(`P6 ${width} ${height} 255\n`), Buffer.from(levels)]);
}

const samples = await Promise.all(
  [...manifest.samples].map(async (sample, k) => {
    const name = `${k}.ppm`;
    await writeFile(path.join(folder, name), picture(k));
    return { ...sample, path: name };
  }),
);
const base = { task: 'colour', epochs: 1, warmUp: 0, seed: 1, normalization: 'own' } as const;

/**
 * Images 0, 2 and 4 are those of training:
 *
 *     python -c "
 *     import numpy as np
 *     y, x, c = np.mgrid[:40, :50, :3]
 *     crops = [((5*x + 3*y + 70*c + x*y*k) % 256)[4:36, 9:41] for k in (0, 2, 4)]
 *     print(np.mean(crops, (0, 1, 2)), np.std(crops, (0, 1, 2)))"
 */
const mean = [137.75, 128.333333, 117];
const std = [72.2306779, 78.903246, 73.0935474];

const near = (actual: readonly number[], wanted: readonly number[]) =>
  actual.forEach((value, i) => {
    assert.ok(Math.abs(value - (wanted[i] as number)) < 1e-4, `${actual} for ${wanted}`);
  });

async function normalized(name: string, changes: Partial<Preprocessing> = {}) {
  const small = smallClassifier();
  const preprocessing = { ...small.preprocessing, resize: height, ...changes };
  const run = path.join(folder, name);
  const own = { ...manifest, samples } as Manifest;
  const options = { ...base, manifest: own, run };
  await train({ ...options, classifier: { ...small, preprocessing } });
  return { options, run };
}

test('when pixels are normalised by own numbers, then these are the mean and deviation of the crops', async () => {
  const { options, run } = await normalized('own');
  using saved = await loadClassifier(run);
  near(saved.preprocessing.mean, mean);
  near(saved.preprocessing.std, std);
  const config = await readFile(path.join(run, 'config.json'), 'utf8');
  assert.match(config, /^\/\/ The mean .* are those of 3 training images, in the place of the/);
  assert.match(config, /"normalization": "own"/);
  await train({ ...options, epochs: 2, resume: true });
  using longer = await loadClassifier(run);
  assert.deepEqual(longer.preprocessing, saved.preprocessing);
});

test('when channels are in the order blue, green, red, then so are the numbers', async () => {
  const { run } = await normalized('bgr', { channels: 'bgr' });
  using saved = await loadClassifier(run);
  near(saved.preprocessing.mean, [...mean].reverse());
  near(saved.preprocessing.std, [...std].reverse());
});

test('when photos are padded, then the border does not count', async () => {
  const { run } = await normalized('pad', { resize: 32, fit: 'pad' });
  using saved = await loadClassifier(run);
  assert.ok(
    saved.preprocessing.mean.every((value) => value > 110),
    `${saved.preprocessing.mean}`,
  );
});
