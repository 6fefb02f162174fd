/** What is made of features without training: probes and neighbours, against scikit-learn, and near-repeats. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { sha256 } from '../../src/disk/index.js';
import {
  linearProbe,
  nearestNeighbours,
  saveSimilar,
  similarImages,
} from '../../src/features/index.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { smallClassifier } from '../support/small-classifier.js';

const folder = temporaryFolder();

const fixture = JSON.parse(
  await readFile(new URL('fixtures/probes.json', import.meta.url), 'utf8'),
);
const columns = 6;
const classes = 3;

/** The formula of fixtures/make_probes.py. */
const rowsOf = (count: number, first: number): Float32Array =>
  Float32Array.from({ length: count * columns }, (_, at) => {
    const [i, j] = [first + Math.floor(at / columns), at % columns];
    const label = i % classes;
    return Math.sin(1.7 * i + 2.3 * j * (1 + label)) * (j + 1) + 0.5 * label * (j % 2);
  });

const labelled = {
  rows: rowsOf(60, 0),
  columns,
  labels: Array.from({ length: 60 }, (_, i) => i % classes),
  classes,
};

const largestDifference = (one: ArrayLike<number>, other: ArrayLike<number>): number =>
  Array.from(one).reduce(
    (most, each, at) => Math.max(most, Math.abs(each - (other[at] as number))),
    0,
  );

test('when a probe is trained, then its probabilities are those of scikit-learn', async () => {
  const { l2 } = fixture.options;
  const probe = await linearProbe({ ...labelled, l2 });
  const probabilities = await probe.probabilities(rowsOf(20, 60));
  assert.equal(probabilities.length, fixture.probe.length);
  assert.ok(largestDifference(fixture.probe, probabilities) < 2e-4);
  const again = await linearProbe({ ...labelled, l2 });
  assert.deepEqual(again.kernel, probe.kernel);
  await assert.rejects(linearProbe({ ...labelled, classes: 2 }), /labels\[2\]/);
  await assert.rejects(linearProbe({ ...labelled, columns: 7 }), /rows/);
});

test('when neighbours vote, then the probabilities are those of scikit-learn', async () => {
  const { neighbours, temperature } = fixture.options;
  const queries = rowsOf(20, 60);
  const found = await nearestNeighbours({ ...labelled, queries, neighbours, temperature });
  assert.equal(found.length, fixture.neighbours.length);
  assert.ok(largestDifference(fixture.neighbours, found) < 1e-4);
  const all = await nearestNeighbours({ ...labelled, queries, neighbours: 1000, temperature: 100 });
  assert.ok(
    largestDifference(
      all,
      all.map(() => 1 / 3),
    ) < 0.01,
  );
});

test('when a validation photo is a training photo saved again, then the pair is found and listed', async () => {
  const data = path.join(folder, 'data');
  const manifest = await drawPhotos(data, { training: 6, validation: 2 });
  const planted = path.join(data, 'planted.jpg');
  await sharp(path.join(data, '0-0.jpg')).resize(40, 40).jpeg({ quality: 60 }).toFile(planted);
  const hash = sha256(await readFile(planted));
  const copies = { task: 'colour', label: 0, maybe: [], split: 'validation' as const, hash };
  const samples = [...manifest.samples, { ...copies, path: 'planted.jpg' }];
  const questions = [{ path: 'q.jpg', task: 'colour', file: 'planted.jpg' }];
  const cache = path.join(folder, 'similar');
  const request = {
    classifier: smallClassifier(),
    manifest: { ...manifest, samples, questions },
    cache,
  };
  const { pairs, images } = await similarImages({ ...request, threshold: 0 });
  assert.deepEqual(images, { training: 18, validation: 7, question: 1 });
  assert.equal(pairs.length, 8);
  const own = pairs.filter(({ image }) => image.path === planted);
  assert.deepEqual(own.map(({ split }) => split).sort(), ['question', 'validation']);
  const cosines = pairs.map(({ cosine }) => cosine);
  assert.deepEqual(
    cosines,
    [...cosines].sort((a, b) => b - a),
  );
  const threshold = cosines[4] as number;
  const few = await similarImages({ ...request, threshold });
  assert.deepEqual(
    few.pairs,
    pairs.filter(({ cosine }) => cosine >= threshold),
  );
  const csv = path.join(folder, 'similar.csv');
  await saveSimilar(pairs.slice(0, 1), csv);
  const lines = (await readFile(csv, 'utf8')).split('\n');
  assert.equal(lines[0], 'split,image,training image,cosine');
  assert.equal(lines.length, 3);
});
