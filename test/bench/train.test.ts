/** Which training outcomes a benchmark refuses, and how the others become rows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrainOutcome } from '../../bench/train/job.js';
import { outcomeComplaint, trainRowsOf } from '../../bench/train/results.js';

const outcome = (step: number, forward = step / 4): TrainOutcome => ({
  logits: [3, -4],
  losses: [7, 6.5, 6],
  msPerStep: { forward, step },
  peakBytes: step * 1e6,
  version: '1',
});

test('when logits or a loss differ by more than a thousandth, then the difference is named', () => {
  const reference = outcome(1);
  const complaint = (changes: Partial<TrainOutcome>) =>
    outcomeComplaint({ ...reference, ...changes }, reference);
  assert.equal(complaint({ logits: [3.003, -4.003], losses: [7.005, 6.497, 6.004] }), undefined);
  assert.match(complaint({ logits: [3.004, -4.004] }) ?? '', /logits are off by 1\.1e-3/);
  assert.match(complaint({ logits: [-4, 3] }) ?? '', /logits/);
  assert.match(complaint({ losses: [7, 6.507, 6] }) ?? '', /loss of step 2 is 6\.507, not 6\.5/);
  assert.match(complaint({ losses: [7, 6.5, Number.NaN] }) ?? '', /loss of step 3 is NaN/);
});

test('when rounds are done, then a row has its median, spread and ratio to the faster yardstick', () => {
  const trial = { net: 'net', batch: 8, remarks: '' };
  const rows = trainRowsOf(
    [
      { ...trial, contender: 'own', outcomes: [100, 300, 120].map((ms) => outcome(ms)) },
      { ...trial, contender: 'slow', outcomes: [400, 400, 400].map((ms) => outcome(ms, 1)) },
      { ...trial, contender: 'fast', outcomes: [200, 200, 150].map((ms) => outcome(ms)) },
      { ...trial, batch: 32, contender: 'own', outcomes: [outcome(900)] },
    ],
    ['slow', 'fast'],
  );
  const steps = rows.filter((row) => row.trial === 'net, training step');
  assert.deepEqual(
    steps.map(({ contender, batch, msPerStep }) => [contender, batch, msPerStep]),
    [
      ['own', 8, 120],
      ['slow', 8, 400],
      ['fast', 8, 200],
      ['own', 32, 900],
    ],
  );
  // Against `fast`, round by round: 0.5, 1.5 and 0.8.
  assert.deepEqual(
    steps.map(({ ratio }) => ratio),
    [0.8, 2, 1, null],
  );
  assert.equal(steps[0]?.spread, 200 / 120);
  assert.equal(steps[0]?.peakBytes, 300e6);
  // Forwards, `slow` is the faster yardstick: 25, 75 and 30 ms against 1.
  assert.equal(rows.find((row) => row.trial === 'net, forward')?.ratio, 30);
});
