/** How a benchmark's rates become rows, and which outputs are refused before their time counts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../../bench/job.js';
import { complaint } from '../../bench/measure.js';
import { rowsOf } from '../../bench/results.js';

const trial = { load: 'crop' as const, threads: 2, version: '1', remarks: '' };

test('when rates are known, then a row has their median, spread and ratio to the decode', () => {
  const rows = rowsOf(
    [
      { ...trial, contender: 'decode', rates: [1000, 3000, 2000] },
      { ...trial, contender: 'one', rates: [400, 600] },
      { ...trial, contender: 'alone', threads: 1, rates: [10] },
    ],
    'decode',
  );
  assert.deepEqual(
    rows.map((row) => [row.imagesPerSecond, row.spread, row.imagesPerSecondPerCore]),
    [
      [2000, 1, 1000],
      [500, 0.4, 250],
      [10, 0, 10],
    ],
  );
  assert.deepEqual(
    rows.map((row) => row.ratioToDecode),
    [1, 4, null],
  );
});

const sound = {
  images: 640,
  seconds: 1,
  shape: [224, 224, 3],
  minimum: -1,
  maximum: 1,
  mean: 0.1,
  deviation: 0.5,
  version: '1',
};

test('when an output agrees with the reference, then there is no complaint', () => {
  assert.equal(complaint({ ...sound, shape: [3, 224, 224], mean: 0.15 }, sound), undefined);
});

const flawed: [string, Partial<Outcome>, RegExp][] = [
  ['shape', { shape: [256, 256, 3] }, /256×256×3/],
  ['range', { maximum: 255 }, /to 255/],
  ['mean', { mean: 0.4 }, /mean 0.400/],
  ['deviation', { deviation: Number.NaN }, /deviation NaN/],
];
for (const [name, changes, words] of flawed) {
  test(`when an output's ${name} is another, then the complaint names it`, () => {
    assert.match(complaint({ ...sound, ...changes }, sound) ?? '', words);
  });
}
