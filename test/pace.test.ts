/** Rates and the time left, by arithmetic. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paceOf, secondsLeft } from '../src/pace.js';

test('when half a minute of work is done, then rate, waiting and the time left follow from it', () => {
  const pace = paceOf({ images: 600, elapsedMs: 30_000, waitMs: 7_500 });
  assert.deepEqual(pace, { imagesPerSecond: 20, waitShare: 0.25 });
  assert.equal(secondsLeft(pace, { images: 100 }), 5);
  assert.equal(secondsLeft(pace, { images: 100, validations: 2.5, validationSeconds: 4 }), 15);
});

test('when nothing is done or nothing is left, then every number is finite that can be', () => {
  const pace = paceOf({ images: 0, elapsedMs: 0, waitMs: 3 });
  assert.deepEqual(pace, { imagesPerSecond: 0, waitShare: 1 });
  assert.equal(secondsLeft(pace, { images: 0 }), 0);
  assert.equal(secondsLeft(pace, { images: 1 }), Number.POSITIVE_INFINITY);
});
