/** The work around an optimizer's step: clipping, sums, averages and loss scaling, compared with arithmetic. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tf } from '../../../src/tensorflow/index.js';
import { Updater, type UpdaterOptions } from '../../../src/training/optimizer/index.js';
import {
  close,
  gradientsOf,
  type Numbers,
  rateOf,
  start,
  tensorsOf,
  valuesOf,
  ways,
  weightsOf,
} from './weights.js';

/** Plain gradient descent, w ← w − rate · g. */
const plain: UpdaterOptions = {
  optimizer: 'sgd',
  momentum: 0,
  nesterov: false,
  decoupledDecay: false,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  decayAll: false,
  layerDecay: 1,
  clipNorm: 0,
  averageDecay: 0,
  accumulate: 1,
  precision: 'float32',
};

const combine = (a: Numbers, b: Numbers, each: (one: number, other: number) => number): Numbers => [
  a[0].map((value, i) => each(value, b[0][i] as number)),
  a[1].map((value, i) => each(value, b[1][i] as number)),
];

const scale = (numbers: Numbers, factor: number) =>
  combine(numbers, numbers, (value) => value * factor);

const descend = (weights: Numbers, gradients: Numbers, rate: number) =>
  combine(weights, gradients, (w, g) => w - rate * g);

/** Updaters with these options and their own weights, eager and jitted; `images` to a batch. */
function* updatersOf(options: Partial<UpdaterOptions>, images = 1) {
  for (const [way, wrap] of ways) {
    const weights = weightsOf();
    const updater = new Updater(weights, { ...plain, ...options });
    const take = wrap((gradients, rate) => updater.take(gradients, images, rate));
    const step = (gradients: Numbers, rate: number) =>
      tf.tidy(() => take(tensorsOf(weights, gradients), tf.scalar(rate)));
    yield { way, weights, updater, step };
  }
}

const slotOf = (updater: Updater, kind: string, name: string) =>
  updater.slots().find((slot) => slot.kind === kind && slot.name === name)?.values[0];

test('when the norm of all gradients exceeds clipNorm, then all are scaled down to it', () => {
  for (const { way, weights, step } of updatersOf({ clipNorm: 2 })) {
    let wanted = start;
    // The third is longer than 2, the others are not.
    for (const [i, factor] of [0.5, 1, 50].entries()) {
      const gradients = scale(gradientsOf(i), factor);
      const norm = Math.hypot(...gradients.flat());
      assert.equal(norm > 2, i === 2, `${norm}`);
      wanted = descend(wanted, scale(gradients, norm > 2 ? 2 / norm : 1), rateOf(i));
      step(gradients, rateOf(i));
    }
    close(valuesOf(weights), wanted, 2e-6, way);
  }
});

test('when the norm of the gradients overflows, then clipping does not make it a step of zeros', () => {
  for (const { way, weights, step } of updatersOf({ clipNorm: 2 })) {
    // Each gradient is finite, but its square is not.
    step(scale(gradientsOf(0), 1e30), 0.1);
    assert.ok(valuesOf(weights).flat().every(Number.isNaN), way);
  }
});

test('when weights are averaged, then the average follows its formula and can be swapped with the weights', () => {
  for (const { way, weights, updater, step } of updatersOf({ averageDecay: 0.3 })) {
    let [wanted, average] = [start, start];
    for (let i = 0; i < 8; i++) {
      const decay = Math.min(0.3, (2 + i) / (11 + i));
      wanted = descend(wanted, gradientsOf(i), rateOf(i));
      average = combine(average, wanted, (a, w) => decay * a + (1 - decay) * w);
      step(gradientsOf(i), rateOf(i));
    }
    updater.average?.swap();
    close(valuesOf(weights), average, 2e-6, way);
    updater.average?.swap();
    close(valuesOf(weights), wanted, 2e-6, way);
    step(gradientsOf(8), rateOf(8));
    close(valuesOf(weights), descend(wanted, gradientsOf(8), rateOf(8)), 2e-6, way);
  }
});

test('when gradients are accumulated, then one step uses their mean over the images', () => {
  const weights = weightsOf();
  const updater = new Updater(weights, { ...plain, accumulate: 3, clipNorm: 0.5 });
  const batches = [8, 8, 3];
  let wanted = start;
  for (let round = 0; round < 2; round++) {
    let mean = scale(start, 0);
    for (const [i, images] of batches.entries()) {
      const gradients = gradientsOf(i + round);
      mean = combine(mean, gradients, (sum, g) => sum + (g * images) / 19);
      tf.tidy(() => updater.take(tensorsOf(weights, gradients), images, tf.scalar(0.1)));
      close(valuesOf(weights), wanted, 2e-6, 'no step yet');
    }
    const norm = Math.hypot(...mean.flat());
    assert.ok(norm > 0.5);
    wanted = descend(wanted, scale(mean, 0.5 / norm), 0.1);
    tf.tidy(() => updater.step(tf.scalar(0.1)));
    close(valuesOf(weights), wanted, 2e-6, `round ${round}`);
  }
});

test('when a scaled gradient overflows, then the step is skipped and the scale halved', () => {
  const options = { precision: 'float16', momentum: 0.5, averageDecay: 0.3 } as const;
  for (const { way, weights, updater, step } of updatersOf(options)) {
    const factor = () => slotOf(updater, 'factor', 'loss scale') as number;
    assert.equal(
      tf.tidy(() => updater.scaled(tf.scalar(3)).dataSync()[0]),
      3 * 65536,
    );
    const first = gradientsOf(0);
    step(scale(first, 65536), 0.1);
    close(valuesOf(weights), descend(start, first, 0.1), 2e-6, way);
    const [before, state] = [valuesOf(weights), updater.slots()];
    for (const bad of [Number.POSITIVE_INFINITY, Number.NaN]) {
      step([first[0].map((g, i) => (i === 2 ? bad : g)), first[1]], 0.1);
    }
    assert.deepEqual(valuesOf(weights), before);
    assert.equal(factor(), 65536 / 4);
    const untouched = ({ name }: { name: string }) => name !== 'loss scale';
    assert.deepEqual(updater.slots().filter(untouched), state.filter(untouched));
    step(scale(first, factor()), 0.1);
    // The velocity, g at first, has become 0.5 · g + g.
    close(valuesOf(weights), descend(before, first, 0.15), 2e-6, way);
  }
});

test('when 2,000 consecutive steps did not overflow, then the loss scale doubles', () => {
  for (const { way, updater, weights, step } of updatersOf({ precision: 'float16' })) {
    const factor = () => slotOf(updater, 'factor', 'loss scale');
    const state = updater.slots();
    const streak = state.find(({ kind }) => kind === 'streak') as (typeof state)[0];
    streak.values[0] = 1998;
    updater.restore(state);
    step(gradientsOf(0), 0);
    assert.equal(factor(), 65536, way);
    step(gradientsOf(0), 0);
    assert.equal(factor(), 131072, way);
    assert.equal(slotOf(updater, 'streak', 'loss scale'), 0);
    assert.deepEqual(valuesOf(weights), start);
  }
});
