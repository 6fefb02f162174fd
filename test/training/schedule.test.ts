/** Compares learning rates with the original recipe's table and known points of the cosine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { learningRateAt } from '../../src/training/index.js';

test('when the schedule is the original one then the rate falls after epochs 10, 20 and 30 of 40', () => {
  const options = { schedule: 'step', learningRate: 0.001, warmUp: 0.5 } as const;
  const rates = [0, 9, 10, 19, 20, 29, 30, 39].map((epoch) =>
    learningRateAt(options, { step: epoch * 5 + 4, stepsPerEpoch: 5, epochs: 40 }).toFixed(9),
  );
  const [a, b, c, d] = ['0.001000000', '0.000750000', '0.000562500', '0.000421875'];
  assert.deepEqual(rates, [a, a, b, b, c, c, d, d]);
});

test('when the schedule is cosine then it rises linearly, peaks, is half at half time and ends near 0', () => {
  const options = { schedule: 'cosine', learningRate: 0.8, warmUp: 1 } as const;
  const rate = (step: number) => learningRateAt(options, { step, stepsPerEpoch: 3, epochs: 5 });
  const close = (actual: number, wanted: number) =>
    assert.ok(Math.abs(actual - wanted) < 1e-12, `${actual} is not ${wanted}`);
  [0.2, 0.4, 0.6, 0.8].forEach((wanted, step) => {
    close(rate(step), wanted);
  });
  close(rate(9), 0.4);
  // cos(π · 11/12) = −0.9659…
  close(rate(14), 0.4 * (1 - Math.sqrt(2 + Math.sqrt(3)) / 2));
});
