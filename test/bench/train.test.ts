/** Which training outcomes a benchmark refuses, and how the others become rows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inTurn } from '../../bench/rounds.js';
import type { TrainOutcome } from '../../bench/train/job.js';
import { outcomeComplaint, trainRowsOf } from '../../bench/train/results.js';

const outcome = (msPerStep: number): TrainOutcome => ({
  logits: [3, -4],
  losses: [7, 6.5, 6],
  msPerStep,
  peakBytes: msPerStep * 1e6,
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

test('when rounds are done, then a row has its median, rate, spread and ratio to the faster yardstick', () => {
  const trial = { part: 'net:8', batch: 8, remarks: '' };
  const own = { ...trial, contender: 'own', outcomes: [100, 300, 120].map(outcome) };
  const rows = trainRowsOf(
    [
      own,
      { ...trial, contender: 'slow', outcomes: [400, 400, 400].map(outcome) },
      { ...trial, contender: 'fast', outcomes: [200, 200, 150].map(outcome) },
    ],
    ['slow', 'fast'],
  );
  assert.deepEqual(
    rows.map(({ contender, msPerStep, imagesPerSecond }) => [
      contender,
      msPerStep,
      imagesPerSecond,
    ]),
    [
      ['own', 120, 8000 / 120],
      ['slow', 400, 20],
      ['fast', 200, 40],
    ],
  );
  // Against `fast`, round by round: 0.5, 1.5 and 0.8.
  assert.deepEqual(
    rows.map(({ ratio }) => ratio),
    [0.8, 2, 1],
  );
  assert.equal(rows[0]?.spread, 200 / 120);
  assert.equal(rows[0]?.peakBytes, 300e6);
  assert.equal(trainRowsOf([own], ['slow'])[0]?.ratio, null);
});

test('when the rounds would take longer than they may, then the last ones are left out, but never the first', async () => {
  let runs = 0;
  const runOnce = async () => {
    runs++;
    await sleep(20);
  };
  const nameOf = (name: string) => name;
  await inTurn(['one', 'two'], { rounds: 3, seconds: 0.01, runOnce, nameOf }, []);
  assert.equal(runs, 2);
  await inTurn(['one'], { rounds: 3, seconds: 60, runOnce, nameOf }, []);
  assert.equal(runs, 5);
});
