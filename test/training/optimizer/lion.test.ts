/** Lion against NumPy in double precision (test/fixtures/make_lion.py), step by step. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { tf } from '../../../src/tensorflow/index.js';
import { Lion } from '../../../src/training/index.js';
import { type Numbers, tensorsOf, valuesOf, ways, weightsOf } from './weights.js';

interface GoldenWeight {
  name: string;
  start: number[];
  /** Step by step, as are the weights and momenta after them. */
  gradients: number[][];
  weights: number[][];
  momenta: number[][];
}

interface Golden {
  rates: number[];
  cases: { options: NonNullable<ConstructorParameters<typeof Lion>[1]>; weights: GoldenWeight[] }[];
}

const file = new URL('../../fixtures/lion.json', import.meta.url);
const { rates, cases } = JSON.parse(readFileSync(file, 'utf8')) as Golden;

const largest = (actual: readonly number[], wanted: readonly number[]) =>
  Math.max(...wanted.map((value, i) => Math.abs((actual[i] as number) - value)));

for (const { options, weights: golden } of cases) {
  for (const [way, wrap] of ways) {
    test(`when ${way} Lion takes 20 steps with ${JSON.stringify(options)}, then it stays within 1e-6 of NumPy`, (t) => {
      const at = (step: number, kind: 'gradients' | 'weights' | 'momenta') =>
        golden.map((each) => each[kind][step]) as unknown as Numbers;
      const weights = weightsOf(golden.map(({ start }) => start) as unknown as Numbers);
      const optimizer = new Lion(weights, options);
      const step = wrap((gradients, rate) => optimizer.apply(gradients, rate));
      assert.equal(rates.length, 20);
      const apart = rates.map((rate, i) => {
        tf.tidy(() => step(tensorsOf(weights, at(i, 'gradients')), tf.scalar(rate)));
        const momenta = optimizer.slots().flatMap(({ values }) => [...values]);
        return Math.max(
          largest(valuesOf(weights).flat(), at(i, 'weights').flat()),
          largest(momenta, at(i, 'momenta').flat()),
        );
      });
      t.diagnostic(`largest difference: ${Math.max(...apart).toExponential(2)}`);
      assert.ok(Math.max(...apart) <= 1e-6, `by step: ${apart}`);
    });
  }
}
