/** The split as a function of seed and content: shares, splits and independence of order. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { foldsByContent } from '../../../src/dataset/prepare/folds.js';
import { splitByContent } from '../../../src/dataset/prepare/split.js';
import type { Splittable } from '../../../src/dataset/prepare/units.js';
import { randomOf } from '../../support/random.js';

/** `counts[label]` images of each class; names make contents. */
function images(task: string, counts: readonly number[], names = task): Splittable[] {
  return counts.flatMap((count, label) =>
    Array.from({ length: count }, (_, index) => {
      const hash = createHash('sha256').update(`${names}/${label}/${index}`).digest('hex');
      return { hash, task, label };
    }),
  );
}

function validationCounts(
  list: readonly Splittable[],
  splits: ReturnType<typeof splitByContent>,
): number[] {
  const counts: number[] = [];
  for (const { hash, label } of list) {
    counts[label] = (counts[label] ?? 0) + (splits.get(hash) === 'validation' ? 1 : 0);
  }
  return counts;
}

test('when classes differ in size then each gives its rounded share, but never its only image', () => {
  const list = images('a', [100, 37, 4, 2, 1]);
  assert.deepEqual(validationCounts(list, splitByContent(list, 1, 0.1)), [10, 4, 1, 1, 0]);
  assert.deepEqual(validationCounts(list, splitByContent(list, 1, 0.9)), [90, 33, 3, 1, 0]);
  assert.deepEqual(validationCounts(list, splitByContent(list, 1, 0)), [0, 0, 0, 0, 0]);
});

test('when the list is in another order then every image keeps its split', () => {
  const list = [
    ...images('a', [30, 20]),
    ...images('b', [25, 25], 'shared'),
    ...images('c', [50], 'shared'),
  ];
  const splits = splitByContent(list, 5, 0.2);
  const again = splitByContent([...list].reverse(), 5, 0.2);
  assert.deepEqual(new Map([...again].sort()), new Map([...splits].sort()));
});

test('when the seed changes then other images are drawn', () => {
  const list = images('a', [200]);
  const held = (seed: number) =>
    [...splitByContent(list, seed, 0.2)]
      .filter(([, split]) => split === 'validation')
      .map(([hash]) => hash);
  const first = new Set(held(1));
  const common = held(2).filter((hash) => first.has(hash)).length;
  // Two independent draws of 40 out of 200 share 8 on average, with a deviation of 2.3.
  assert.ok(common < 20, `${common} of 40 are the same`);
});

test('when an image belongs to several tasks then it has one split and both tasks come near their share', () => {
  const list = [...images('a', [60, 60], 'x'), ...images('b', [40, 80], 'x')];
  const splits = splitByContent(list, 3, 0.25);
  assert.equal(splits.size, new Set(list.map(({ hash }) => hash)).size);
  for (const task of ['a', 'b']) {
    const own = list.filter((image) => image.task === task);
    const held = validationCounts(own, splits).reduce((sum, count) => sum + count, 0);
    assert.ok(held <= 30 && held >= 20, `${task} holds ${held} of 120 at a quarter`);
  }
});

test('when images are in groups then no group is in both splits, nor in two folds', () => {
  const list = images('a', [90, 60, 30]).map((image, index) => ({
    ...image,
    ...(index % 3 > 0 && { group: `person ${index % 29}` }),
  }));
  const splits = splitByContent(list, 4, 0.3);
  const folds = foldsByContent(list, 4, 5);
  for (const places of [splits, folds]) {
    const placesOfGroup = new Map<string, string>();
    for (const { group, hash } of list) {
      const place = String(places.get(hash));
      assert.equal(placesOfGroup.get(group ?? hash) ?? place, place, group);
      placesOfGroup.set(group ?? hash, place);
    }
  }
  const held = validationCounts(list, splits);
  const nearest = [27, 18, 9].map((share, label) => Math.abs((held[label] as number) - share));
  assert.ok(Math.max(...nearest) <= 3, String(held));
});

test('when all groups are larger than a share, then validation has the smallest of each class', () => {
  const list = images('a', [12, 20]).map((image, index) => ({
    ...image,
    group: String(index < 12 ? Math.floor(index / 5) : Math.floor(index / 4) + 10),
  }));
  // Groups of 5, 5 and 2, and of 4 each; shares of 1 and 1.
  assert.deepEqual(validationCounts(list, splitByContent(list, 1, 0.05)), [2, 4]);
  assert.deepEqual(validationCounts(list, splitByContent(list, 1, 0)), [0, 0]);
  const whole = list.map((image) => ({ ...image, group: String(image.label) }));
  for (const fraction of [0.05, 0.6, 0.9]) {
    assert.deepEqual(validationCounts(whole, splitByContent(whole, 1, fraction)), [0, 0]);
  }
});

/** Images with any number of labels, each with its own share, and every third in a group of about `size`. */
function listedImages(count: number, shares: readonly number[], size = 1) {
  const random = randomOf(count);
  return Array.from({ length: count }, (_, index) => {
    const hash = createHash('sha256').update(`listed ${index}`).digest('hex');
    const labels = shares.flatMap((share, label) => (random() < share ? [label] : []));
    const group = size > 1 && index % 3 === 0 ? { group: `${Math.floor(index / size)}` } : {};
    return { hash, task: 'a', label: -1, labels, ...group };
  });
}

test('when images have any number of labels, then validation and every fold get their share of each label, in any order', () => {
  const shares = [0.97, 0.5, 0.3, 0.1, 0.05, 0.03, 0.005];
  for (const size of [1, 12]) {
    const list = listedImages(1000, shares, size);
    const [folds, splits] = [foldsByContent(list, 3, 5), splitByContent(list, 3, 0.1)];
    for (const label of [...shares.keys(), undefined]) {
      const own = list.filter(({ labels }) =>
        label === undefined ? labels.length === 0 : labels.includes(label),
      );
      const inFolds = new Array<number>(5).fill(0);
      for (const { hash } of own) {
        const fold = folds.get(hash) as number;
        inFolds[fold] = (inFolds[fold] as number) + 1;
      }
      const told = `${label}: ${inFolds}`;
      assert.ok(Math.max(...inFolds) - Math.min(...inFolds) <= (size === 1 ? 1 : 4), told);
      const held = own.filter(({ hash }) => splits.get(hash) === 'validation').length;
      const most = size === 1 ? 1 : 3;
      assert.ok(Math.abs(held - own.length / 10) <= most, `${label}: ${held} of ${own.length}`);
    }
    assert.deepEqual(foldsByContent([...list].reverse(), 3, 5), folds);
    for (const places of [folds, splits]) {
      const placesOfGroups = new Set(
        list.flatMap(({ group, hash }) => (group ? [`${group} ${places.get(hash)}`] : [])),
      );
      const groups = new Set(list.flatMap(({ group }) => group ?? []));
      assert.equal(placesOfGroups.size, groups.size);
    }
  }
});

test('when the same image is in two groups, then both are one', () => {
  const [first, second, third] = images('a', [3]) as [Splittable, Splittable, Splittable];
  const list = [
    { ...first, group: 'x' },
    { ...second, group: 'x' },
    { ...second, task: 'b', group: 'y' },
    { ...third, group: 'y' },
    ...images('a', [40], 'others'),
  ];
  const folds = foldsByContent(list, 1, 3);
  const together = new Set([first, second, third].map(({ hash }) => folds.get(hash)));
  assert.equal(together.size, 1);
});

test('when images are put into folds then each class differs by 1 at most between two of them, in any order of the list', () => {
  for (const [counts, folds] of [
    [[100, 37, 4, 2, 1], 5],
    [[11, 10, 9], 3],
    [[3, 3], 10],
  ] as const) {
    const list = images('a', counts);
    const places = foldsByContent(list, 7, folds);
    const totals = new Array<number>(folds).fill(0);
    for (const [label, count] of counts.entries()) {
      const own = new Array<number>(folds).fill(0);
      for (const { hash } of list.filter((image) => image.label === label)) {
        const fold = places.get(hash) as number;
        own[fold] = (own[fold] as number) + 1;
        totals[fold] = (totals[fold] as number) + 1;
      }
      assert.ok(Math.max(...own) - Math.min(...own) <= 1, `class ${label}: ${own}`);
      assert.equal(
        own.reduce((sum, each) => sum + each),
        count,
      );
    }
    assert.ok(Math.max(...totals) - Math.min(...totals) <= counts.length - 1, String(totals));
    assert.deepEqual(foldsByContent([...list].reverse(), 7, folds), places);
    assert.notDeepEqual(foldsByContent(list, 8, folds), places);
  }
});
