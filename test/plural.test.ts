/** Counts in words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { count } from '../src/plural.js';

test('when things are counted, then one is singular and any other number plural', () => {
  const words = [0, 1, 2].map((images) => count(images, 'image'));
  assert.deepEqual(words, ['0 images', '1 image', '2 images']);
  assert.equal(count(2, 'class', 'classes'), '2 classes');
});
