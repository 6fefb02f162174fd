/** Labels: the same values in every layout. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelFrom } from '../../../src/dataset/layouts/label.js';

test('when a value does not name a class then the image has no label', () => {
  for (const value of [null, undefined, Number.NaN, -1, -1n, -0.5, '-1', Buffer.from('-1')]) {
    assert.equal(labelFrom(value), undefined);
  }
});

test('when a value names a class then it is its number or its name', () => {
  assert.deepEqual([3, 3n, 3.0].map(labelFrom), [3, 3, 3]);
  assert.deepEqual(['hat', Buffer.from('Hüte'), '3', '-a'].map(labelFrom), [
    'hat',
    'Hüte',
    '3',
    '-a',
  ]);
});

test('when a value cannot be a class then the error shows it', () => {
  assert.throws(
    () => labelFrom(1.5),
    /has the class 1\.5, which is neither a class number nor a name/,
  );
  assert.throws(() => labelFrom(2n ** 60n), /1152921504606846976/);
  assert.throws(() => labelFrom([1]), /a list or an object/);
});
