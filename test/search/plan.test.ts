/** The arithmetic of `fitPhotos`: what is planned fits into the time, for many random costs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  costAt,
  epochsIn,
  planSchedule,
  ranked,
  replanned,
  secondsOf,
  shareImages,
  sizesFrom,
} from '../../src/search/fit/plan.js';
import { wilsonInterval } from '../../src/search/fit/wilson.js';
import { below, randomOf } from '../support/random.js';

const random = randomOf(21);
const between = (low: number, high: number) => low + (high - low) * (below(random, 1000) / 1000);
const someCost = () => {
  const all = between(0.01, 500);
  return { start: between(0, 30), head: all * between(0.1, 1), all };
};
const cases = Array.from({ length: 500 }, () => ({ cost: someCost(), left: between(0, 4000) }));

test('when a fine-tuning is planned, then it fits into 85 % of the time, and one more epoch or a larger size would not', () => {
  const sizes = [224, 160, 128];
  for (const { cost, left } of cases) {
    const schedule = planSchedule(left, cost, sizes);
    const smallest = costAt(cost, 128, 224);
    if (schedule === undefined) {
      assert.ok(secondsOf(2, smallest) > 0.85 * left);
      continue;
    }
    const { recipe, epochs, size } = schedule;
    const own = costAt(cost, size, 224);
    assert.ok(secondsOf(epochs, own) <= 0.85 * left + 1e-6);
    assert.equal(recipe, epochs >= 10 ? 'strong' : 'quick');
    assert.ok(epochs >= 2 && epochs <= 30);
    const larger = sizes[sizes.indexOf(size) - 1];
    if (larger !== undefined) {
      assert.ok(secondsOf(4, costAt(cost, larger, 224)) > 0.85 * left);
    }
    // With time for 30 epochs or more it is shared by several runs.
    if (epochsIn(0.85 * left, own) < 30) {
      assert.ok(secondsOf(epochs + 1, own) > 0.85 * left);
    }
  }
});

test('when a pace is measured, then a run gets no more epochs than planned, at least those done, and fits into the time', () => {
  for (const { cost, left } of cases) {
    const planned = 2 + below(random, 30);
    const done = 1 + below(random, planned);
    const epochs = replanned({ done, planned }, left, cost.all);
    assert.ok(epochs >= done && epochs <= planned);
    assert.ok((epochs - done) * cost.all <= left + 1e-6);
    assert.equal(epochs === planned, (planned - done) * cost.all <= left);
  }
});

test('when images are shared, then all are used that there are, and a quarter tell how good the answer is', () => {
  assert.deepEqual(shareImages(100, { training: 1000, choosing: 1000 }), {
    training: 75,
    choosing: 25,
  });
  assert.deepEqual(shareImages(100, { training: 1000, choosing: 10 }), {
    training: 90,
    choosing: 10,
  });
  assert.deepEqual(shareImages(100, { training: 30, choosing: 1000 }), {
    training: 30,
    choosing: 70,
  });
  assert.deepEqual(shareImages(100, { training: 30, choosing: 20 }), {
    training: 30,
    choosing: 20,
  });
});

const probed = (network: string, accuracy: number, all: number) => ({
  ...{ network, accuracy, images: 200 },
  cost: { start: 0, head: all / 3, all },
});

test('when networks are ranked, then accuracy leads, the cheaper of two that are close comes first, and bad or slow ones are left out', () => {
  const order = (left: number) =>
    ranked(
      [
        probed('large', 0.9, 100),
        probed('close', 0.89, 10),
        probed('cheap', 0.86, 5),
        probed('bad', 0.6, 1),
      ],
      left,
    ).map(({ network }) => network);
  assert.deepEqual(order(10_000), ['close', 'large', 'cheap']);
  assert.deepEqual(order(60), ['close', 'cheap']);
  assert.deepEqual(order(1), ['bad']);
  assert.deepEqual(ranked([], 100), []);
});

test('when a network has a side, then smaller ones are multiples of 32 below it', () => {
  assert.deepEqual(sizesFrom(224), [224, 160, 128]);
  for (const own of [32, 64, 128, 224, 260, 299]) {
    const [first, ...others] = sizesFrom(own);
    assert.equal(first, own);
    assert.ok(others.every((size) => size % 32 === 0 && size < own && size >= 96));
  }
});

test('when shares are estimated, then the intervals are those of scipy', () => {
  // scipy.stats.binomtest(right, images).proportion_ci(method='wilson')
  const golden: [number, number, number, number][] = [
    [0, 10, 0, 0.27753279986288926],
    [12, 12, 0.7575059933447592, 1],
    [70, 100, 0.6041514536665333, 0.7810511470506725],
    [850, 1000, 0.8265313415731996, 0.8707899274869118],
  ];
  for (const [right, images, low, high] of golden) {
    const [own, top] = wilsonInterval(right, images);
    assert.ok(Math.abs(own - low) < 1e-12 && Math.abs(top - high) < 1e-12, `${own} ${top}`);
  }
  assert.deepEqual(wilsonInterval(0, 0), [0, 1]);
});
