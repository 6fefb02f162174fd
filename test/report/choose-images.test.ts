/** Which images of a data set a sheet shows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseImages } from '../../src/report/index.js';

const imagesOf = (sizes: number[]) =>
  sizes.flatMap((size, label) =>
    Array.from({ length: size }, (_, number) => ({ task: 't', label, number })),
  );

const rowsOfClasses = (sizes: number[], count: number) => {
  const rows = sizes.map(() => 0);
  for (const { label } of chooseImages(imagesOf(sizes), count, 1)) {
    rows[label] = (rows[label] ?? 0) + 1;
  }
  return rows;
};

test('when classes differ in size, then each has as many rows as another, if it has the images', () => {
  assert.deepEqual(rowsOfClasses([90, 5, 1], 6), [3, 2, 1]);
  assert.deepEqual(rowsOfClasses([2, 2], 10), [2, 2]);
});

test('when there are more classes than rows, then the rows are of different classes', () => {
  const rows = rowsOfClasses(new Array(10).fill(4), 5);
  assert.equal(rows.filter((each) => each === 1).length, 5);
});

test('when labels are in any order, then the rows are still even', () => {
  const images = imagesOf([50, 50]).sort((a, b) => a.number - b.number);
  const labels = chooseImages(images, 6, 3).map(({ label }) => label);
  assert.deepEqual(labels, [0, 0, 0, 1, 1, 1]);
});

test('when the seed differs, then so do the images; the same seed gives the same', () => {
  const numbers = (seed: number) => chooseImages(imagesOf([50, 50]), 4, seed);
  assert.deepEqual(numbers(1), numbers(1));
  assert.notDeepEqual(numbers(1), numbers(2));
});
