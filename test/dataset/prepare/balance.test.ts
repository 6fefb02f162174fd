/** What `prepare` says of classes with few images, or with many more than others, and the table of classes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classTable } from '../../../src/cli/tables/classes.js';
import { balanceWarnings } from '../../../src/dataset/prepare/balance.js';

/** A task with so many training images in each class. */
function task(sizes: Record<string, number>) {
  const classes = Object.entries(sizes).map(([name, train]) => ({ name, train, validation: 1 }));
  return { name: 'pets', classes, train: 0, validation: 0, questions: 0 };
}

test('when classes have enough images and none has ten times as many, then nothing is said', () => {
  assert.deepEqual(balanceWarnings(task({ cat: 100, dog: 10, fox: 0 })), []);
});

test('when classes have few images, then they are named with their numbers', () => {
  assert.deepEqual(balanceWarnings(task({ cat: 20, dog: 3 })), [
    '1 class of pets has fewer than 10 training images, dog (3): add some, or expect mistakes.',
  ]);
  assert.deepEqual(balanceWarnings(task({ a: 9, b: 8, c: 7, d: 6, e: 5, f: 4, g: 3, h: 10 })), [
    '7 classes of pets have fewer than 10 training images, g (3), f (4), e (5), d (6), c (7), and 2 others: add some, or expect mistakes.',
  ]);
});

test('when a class has more than ten times as many images as another, then both are named', () => {
  assert.deepEqual(balanceWarnings(task({ cat: 111, dog: 11, owl: 50 })), [
    'pets is imbalanced, with more than 10 times as many images in its largest class as in its smallest: cat 111 training images and dog 11. Read the scores of each class, since accuracy says little about the small ones.',
  ]);
});

test('when a task has some classes, then each has a line in label order, of at most 80 columns', () => {
  const lines = classTable(task({ dog: 5, cat: 12, [`帽子${'x'.repeat(80)}`]: 7 })).split('\n');
  assert.deepEqual(
    lines.slice(2).map((line) => line.split(/\s+/).slice(-2)),
    [
      ['5', '1'],
      ['12', '1'],
      ['7', '1'],
    ],
  );
  assert.match(lines[0] ?? '', /^class of pets +train +validation$/);
  assert.ok(lines.every((line) => [...line].length <= 78));
});

test('when a task has many classes, then the largest, the smallest and the number of the others are shown', () => {
  const sizes = Object.fromEntries(Array.from({ length: 21_841 }, (_, i) => [`n${i}`, i + 1]));
  const lines = classTable(task(sizes)).split('\n').slice(2);
  const cells = lines.map((line) => line.trim().split(/ {2,}/));
  assert.deepEqual(cells.slice(0, 2), [
    ['n21840', '21841', '1'],
    ['n21839', '21840', '1'],
  ]);
  // 1 + 2 + … + 21841, less the five largest and the five smallest.
  assert.deepEqual(cells[5], [
    '… 21831 other classes',
    `${(21_841 * 21_842) / 2 - 109_210}`,
    '21831',
  ]);
  assert.deepEqual(cells.at(-1), ['n0', '1', '1']);
  assert.equal(lines.length, 11);
});
