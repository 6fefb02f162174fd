/** Two weights, a kernel and a bias, and gradients for them, as numbers and as tensors. */
import assert from 'node:assert/strict';
import { jit, tf } from '../../../src/tensorflow/index.js';
import type { NamedVariable } from '../../../src/training/optimizer/index.js';

/** Numbers by weight: five of the kernel, three of the bias. */
export type Numbers = readonly [number[], number[]];

const shapes = [[1, 5], [3]];

export const start: Numbers = [
  [2, -1, 0.5, 3, -0.25],
  [1, -2, 0.125],
];

/** Gradients of realistic size, different in every step. */
export const gradientsOf = (step: number): Numbers => [
  start[0].map((_, i) => Math.sin(7 * step + 3 * i) / (1 + i)),
  start[1].map((_, i) => Math.cos(5 * step + 2 * i)),
];

/** Variables of these values. */
export function weightsOf(values: Numbers = start): NamedVariable[] {
  return ['kernel', 'bias'].map((name, i) => ({
    name,
    variable: tf.tidy(() => tf.variable(tf.tensor(values[i] as number[], shapes[i]))),
  }));
}

export const tensorsOf = (weights: readonly NamedVariable[], numbers: Numbers): tf.NamedTensorMap =>
  Object.fromEntries(
    weights.map(({ variable }, i) => [
      variable.name,
      tf.tensor(numbers[i] as number[], variable.shape),
    ]),
  );

export const valuesOf = (weights: readonly NamedVariable[]): Numbers =>
  weights.map(({ variable }) => [...variable.dataSync()]) as unknown as Numbers;

type Step = (gradients: tf.NamedTensorMap, rate: tf.Scalar) => void;

/** The step, eager or jitted. */
export const ways: [string, (step: Step) => Step][] = [
  ['eager', (step) => step],
  ['jitted', (step) => jit(step)],
];

/** The falling learning rate of a step. */
export const rateOf = (step: number): number => 0.1 / (1 + step);

export function close(actual: Numbers, wanted: Numbers, relative: number, what: string): void {
  actual.flat().forEach((value, i) => {
    const right = wanted.flat()[i] as number;
    const apart = Math.abs(value - right);
    assert.ok(apart <= relative * Math.max(Math.abs(right), 0.1), `${what}: ${value} for ${right}`);
  });
}
