/** Compares the metrics with results computed by hand, scikit-learn's numbers, and the relation of the three in the competition. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  averagePrecision,
  basicPrecision,
  confusionMatrix,
  meanAveragePrecision,
  meanReciprocalRank,
} from '../../src/evaluation/metrics.js';

const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/metrics.json', import.meta.url), 'utf8'),
);

function near(actual: number, wanted: number, tolerance = 1e-12): void {
  assert.ok(
    Math.abs(actual - wanted) <= tolerance,
    `${actual} is not within ${tolerance} of ${wanted}`,
  );
}

// Tops: 0 right at .9, 1 wrong at .7, 2 right at .6, 1 wrong at .5 (its label in third place).
const worked = {
  probabilities: [
    [0.9, 0.05, 0.05],
    [0.2, 0.7, 0.1],
    [0.15, 0.25, 0.6],
    [0.2, 0.5, 0.3],
  ],
  labels: [0, 0, 2, 0],
};

test('when four images are computed by hand then every metric agrees', () => {
  near(basicPrecision(worked), 2 / 4);
  near(meanReciprocalRank(worked), (1 + 1 / 2 + 1 + 1 / 3) / 4);
  near(averagePrecision(worked), (1 + 1 / 2 + 2 / 3 + 2 / 4) / 4);
  assert.deepEqual(confusionMatrix(worked, 3), [
    [1, 2, 0],
    [0, 0, 0],
    [0, 0, 1],
  ]);
});

test('when the top class is marked maybe then AP leaves the image out and the others keep it', () => {
  const maybe = [[], [1], [], [2]];
  near(averagePrecision({ ...worked, maybe }), (1 + 2 / 2 + 2 / 3) / 3);
  near(basicPrecision({ ...worked, maybe }), 2 / 4);
});

test('when every image is left out then AP is NaN', () => {
  assert.ok(Number.isNaN(averagePrecision({ ...worked, maybe: [[0], [1], [2], [1]] })));
});

test('when the order of images changes then AP stays the same', () => {
  const order = [3, 1, 0, 2];
  const probabilities = order.map((index) => worked.probabilities[index] as number[]);
  const labels = order.map((index) => worked.labels[index] as number);
  near(averagePrecision({ probabilities, labels }), averagePrecision(worked));
});

test('when probabilities are equal then the lower class index is the top class', () => {
  const tied = { probabilities: [[0.25, 0.25, 0.25, 0.25]], labels: [2] };
  near(basicPrecision(tied), 0);
  near(meanReciprocalRank(tied), 1 / 3);
});

test('when scikit-learn scores eighty images then every metric agrees', () => {
  near(basicPrecision(fixture), fixture.basicPrecision);
  near(meanReciprocalRank(fixture), fixture.meanReciprocalRank);
  near(averagePrecision(fixture), fixture.averagePrecision);
  const { probabilities, labels } = fixture;
  near(averagePrecision({ probabilities, labels }), fixture.averagePrecisionWithoutMaybe);
  assert.deepEqual(confusionMatrix(fixture, 6), fixture.confusion);
});

test('when accuracy is .847 on normal logits then MRR is .914 and AP .963', () => {
  // The leaderboard's 0.95 mAP beside 0.84 basic precision is this relation, not an error.
  const random = uniform(1);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const labels = Array.from({ length: 20_000 }, () => Math.floor(random() * 5));
  const probabilities = labels.map((label) => {
    const powers = Array.from({ length: 5 }, (_, index) =>
      Math.exp(2 * (normal() + (index === label ? 2.3 : 0))),
    );
    const sum = powers.reduce((total, power) => total + power, 0);
    return powers.map((power) => power / sum);
  });
  near(basicPrecision({ probabilities, labels }), 0.847, 0.005);
  near(meanReciprocalRank({ probabilities, labels }), 0.914, 0.004);
  near(averagePrecision({ probabilities, labels }), 0.963, 0.004);
});

test('when tasks differ in size then mAP weights them equally', () => {
  near(meanAveragePrecision([1, 0.5, 0.6]), 0.7);
});

test('when lengths differ then the error says which', () => {
  assert.throws(
    () => basicPrecision({ ...worked, labels: [0] }),
    /Expected 4 for the number of labels but received 1/,
  );
  assert.throws(
    () => averagePrecision({ ...worked, maybe: [[]] }),
    /Expected 4 for the number of maybe rows but received 1/,
  );
  assert.throws(
    () => meanReciprocalRank({ ...worked, labels: [0, 0, 2, 3] }),
    /Expected a class below 3 for label but received 3/,
  );
  assert.throws(
    () => basicPrecision({ probabilities: [], labels: [] }),
    /Expected one image or more/,
  );
  assert.throws(() => meanAveragePrecision([]), /Expected the AP of one task or more/);
});

/** Numbers in [0, 1), the same every time: mulberry32. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
