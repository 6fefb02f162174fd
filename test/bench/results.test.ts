/** How a benchmark's rates become rows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsOf } from '../../bench/results.js';

const trial = { load: 'crop' as const, threads: 2, version: '1', remarks: '' };

test('when rates are known, then a row has their median, spread, time per image and ratio to the decode', () => {
  const rows = rowsOf(
    [
      { ...trial, contender: 'decode', rates: [1000, 3000, 2000] },
      { ...trial, contender: 'one', rates: [400, 600, 500] },
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
    rows.map((row) => row.microsecondsPerImage),
    [1000, 4000, 100_000],
  );
  // Round by round 2.5, 5 and 4.
  assert.deepEqual(
    rows.map((row) => row.ratioToDecode),
    [1, 4, null],
  );
});
