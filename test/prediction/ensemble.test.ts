/** Averages of predictions, compared with values computed by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ensemble, type Prediction } from '../../src/prediction/index.js';

const prediction = (rows: number[], failures: Prediction['failures'] = []): Prediction => ({
  files: ['/a.jpg', '/b.jpg'],
  classes: ['short', 'long'],
  probabilities: Float32Array.from(rows),
  failures,
});

const close = (found: Float32Array, wanted: number[]) => {
  assert.equal(found.length, wanted.length);
  wanted.forEach((value, index) => {
    assert.ok(Math.abs((found[index] as number) - value) < 1e-6, `${found} ≈ ${wanted}`);
  });
};

test('when there are no weights, then every member counts the same', () => {
  const mean = ensemble([prediction([0.9, 0.1, 0.5, 0.5]), prediction([0.5, 0.5, 0.1, 0.9])]);
  close(mean.probabilities, [0.7, 0.3, 0.3, 0.7]);
});

test('when weights are 3 and 1, then the first member has a weight of three quarters', () => {
  const members = [prediction([0.9, 0.1, 0.5, 0.5]), prediction([0.5, 0.5, 0.1, 0.9])];
  close(ensemble(members, [3, 1]).probabilities, [0.8, 0.2, 0.4, 0.6]);
});

test('when two members could not read the same file, then it is reported once', () => {
  const failure = { index: 1, path: '/b.jpg', reason: 'no JPEG' };
  const { failures } = ensemble([
    prediction([1, 0, 0.5, 0.5], [failure]),
    prediction([1, 0, 0.5, 0.5], [failure]),
  ]);
  assert.deepEqual(failures, [failure]);
});

test('when members differ in files or classes, or weights do not fit, then the error says which', () => {
  const first = prediction([1, 0, 1, 0]);
  const swapped = { ...first, classes: ['long', 'short'] };
  const reordered = { ...first, files: ['/b.jpg', '/a.jpg'] };
  const refusals: [() => unknown, RegExp][] = [
    [() => ensemble([]), /at least one prediction for predictions/],
    [() => ensemble([first], [1, 2]), /1 numbers of at least 0, not all 0, for weights/],
    [() => ensemble([first, first], [0, 0]), /for weights but received \[0,0\]/],
    [() => ensemble([first, first], [2, -1]), /for weights but received \[2,-1\]/],
    [() => ensemble([first, swapped]), /classes of predictions\[0\] .* for predictions\[1\]/],
    [
      () => ensemble([first, prediction([1, 0, 0, Number.NaN])], [1, 0]),
      /finite probabilities for \/b\.jpg in predictions\[1\] but received "NaN for long"/,
    ],
    [() => ensemble([first, reordered]), /files of predictions\[0\] .* for predictions\[1\]/],
  ];
  for (const [act, message] of refusals) {
    assert.throws(act, { name: 'InvalidInputError', message });
  }
});
