/** Compares learning rates with the original recipe's table, known points of the cosine, and torch's one-cycle. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { resolveOptions } from '../../src/options.js';
import { checkedValues, learningRateAt } from '../../src/training/index.js';
import { momentumAt, scheduleOptions } from '../../src/training/schedule/options.js';

test('when the schedule is the original one then the rate falls after epochs 10, 20 and 30 of 40', () => {
  const options = { ...resolveOptions(scheduleOptions, { schedule: 'step' }), learningRate: 0.001 };
  const rates = [0, 9, 10, 19, 20, 29, 30, 39].map((epoch) =>
    learningRateAt(options, { step: epoch * 5 + 4, stepsPerEpoch: 5, epochs: 40 }).toFixed(9),
  );
  const [a, b, c, d] = ['0.001000000', '0.000750000', '0.000562500', '0.000421875'];
  assert.deepEqual(rates, [a, a, b, b, c, c, d, d]);
});

test('when the schedule is cosine then it rises linearly, peaks, is half at half time and ends near 0', () => {
  const options = { ...resolveOptions(scheduleOptions, { warmUp: 1 }), learningRate: 0.8 };
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

interface OneCycle {
  options: {
    pct_start?: number;
    div_factor?: number;
    final_div_factor?: number;
    base_momentum?: number;
    max_momentum?: number;
  };
  /** With 0.8 as the largest. */
  rates: number[];
  momenta: number[];
}

test("when the schedule is one-cycle, then every step's rate and momentum are those of torch's OneCycleLR", () => {
  // Of test/training/fixtures/make_training.py.
  const file = new URL('./fixtures/training.json', import.meta.url);
  const { oneCycle } = JSON.parse(readFileSync(file, 'utf8')) as { oneCycle: OneCycle[] };
  for (const { options, rates, momenta } of oneCycle) {
    const { pct_start: riseShare, div_factor, final_div_factor } = options;
    const { base_momentum = 0.85, max_momentum = 0.95 } = options;
    const own = {
      ...{ riseShare, startDivisor: div_factor, endDivisor: final_div_factor },
      momentumRange: [base_momentum, max_momentum],
    };
    const values = resolveOptions(scheduleOptions, { schedule: 'one-cycle', ...own });
    rates.forEach((wanted, step) => {
      const place = { step, stepsPerEpoch: 1, epochs: rates.length };
      const rate = learningRateAt({ ...values, learningRate: 0.8 }, place);
      assert.ok(Math.abs(rate - wanted) <= 1e-9, `step ${step}: ${rate} is not ${wanted}`);
      const momentum = momentumAt(values, place) as number;
      const apart = Math.abs(momentum - (momenta[step] as number));
      assert.ok(apart <= 1e-9, `step ${step}: momentum ${momentum} is not ${momenta[step]}`);
    });
  }
  const single = { step: 0, stepsPerEpoch: 1, epochs: 1 };
  assert.ok(learningRateAt(checkedValues({ schedule: 'one-cycle' }).values, single) >= 0);
});

test('when an option of another schedule is given, then both are named', () => {
  assert.throws(() => checkedValues({ schedule: 'one-cycle', warmUp: 1 }), {
    name: 'InvalidInputError',
    message:
      'warmUp 1 cannot be combined with schedule one-cycle. Its riseShare says how long it rises: leave warmUp out',
  });
  for (const [given, name] of [
    [{ momentum: 0.8 }, 'momentum 0.8'],
    [{ optimizer: 'adamw', beta1: 0.8 }, 'beta1 0.8'],
  ] as const) {
    assert.throws(() => checkedValues({ schedule: 'one-cycle', ...given }), {
      name: 'InvalidInputError',
      message: `${name} cannot be combined with schedule one-cycle. The schedule sets it in each step: leave ${name.split(' ')[0]} out`,
    });
  }
  checkedValues({ momentum: 0.9, momentumRange: [0.85, 0.95] });
  assert.throws(
    () => checkedValues({ riseShare: 0.2 }),
    /^InvalidInputError: riseShare 0\.2 cannot be combined with schedule cosine\./,
  );
});
