/** What is made of features without training: probes and neighbours, against scikit-learn. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { linearProbe, nearestNeighbours } from '../../src/features/index.js';

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
