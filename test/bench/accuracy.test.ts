/** Rows of whole trainings: times, accuracies with their errors, and when Bobbin is said to be less accurate. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accuracyComplaint, accuracyRow } from '../../bench/accuracy/results.js';

const row = (contender: string, ...runs: [seconds: number, accuracy: number][][]) =>
  accuracyRow(
    {
      contender,
      remarks: '',
      runs: runs.map((epochs, i) => ({
        epochs: epochs.map(([seconds, accuracy]) => ({ seconds, accuracy })),
        peakBytes: 1e6 * (i + 1),
        version: '1',
      })),
    },
    0.88,
  );

test('when seeds have run, then a row has the median epoch without the first, the mean accuracy and the time to the target', () => {
  const runs: [number, number][][] = [
    [
      [90, 0.8],
      [10, 0.89],
      [12, 0.9],
    ],
    [
      [80, 0.88],
      [14, 0.87],
      [11, 0.88],
    ],
    [
      [85, 0.7],
      [13, 0.86],
      [10, 0.86],
    ],
  ];
  const { secondsPerEpoch, accuracy, standardError, secondsToTarget, peakMB } = row('a', ...runs);
  assert.equal(secondsPerEpoch, 11.5);
  assert.ok(Math.abs(accuracy - 0.88) < 1e-12);
  // Of 0.90, 0.88 and 0.86: the deviation 0.02 over √3.
  assert.ok(Math.abs((standardError as number) - 0.02 / Math.sqrt(3)) < 1e-12);
  // 100, 80 and never.
  assert.equal(secondsToTarget, 100);
  assert.equal(peakMB, 3);
  assert.equal(row('b', [[9, 0.8]]).secondsToTarget, null);
});

test('when Bobbin is behind the best peer by more than the error of the difference, then a sentence says so', () => {
  const of = (name: string, ...accuracies: number[]) =>
    row(name, ...accuracies.map((each): [number, number][] => [[1, each]]));
  const own = of('Bobbin', 0.87, 0.88, 0.89);
  assert.equal(
    accuracyComplaint(own, [of('near', 0.88, 0.885, 0.89), of('low', 0.1, 0.1)]),
    undefined,
  );
  const far = accuracyComplaint(own, [of('low', 0.1, 0.1), of('far', 0.91, 0.92, 0.93)]);
  assert.match(far ?? '', /^Bobbin's accuracy, 0\.8800, is 0\.0400 below that of far: .* 0\.0082$/);
  assert.equal(accuracyComplaint(of('Bobbin', 0.5), [of('one', 0.9)]), undefined);
  assert.equal(accuracyComplaint(own, []), undefined);
});
