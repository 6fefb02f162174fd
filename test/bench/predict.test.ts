/** How outcomes of forward passes become rows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PredictOutcome } from '../../bench/predict/job.js';
import { forwardRowsOf } from '../../bench/predict/results.js';

const outcome = (p50: number): PredictOutcome => ({
  logits: [1],
  passes: [1, 32].map((batch) => ({ batch, p50: p50 * batch, p99: 3 * p50, cpuMs: 2 * p50 })),
  peakBytes: p50 * 1e6,
  version: '1',
});

test('when rounds are done, then a row has its medians and its rate over the yardstick’s of the same round', () => {
  const trial = { net: 'net', remarks: '' };
  const rows = forwardRowsOf(
    [
      { ...trial, contender: 'own', outcomes: [10, 40, 20].map(outcome) },
      { ...trial, contender: 'ORT', outcomes: [20, 20, 30].map(outcome) },
      { ...trial, net: 'other', contender: 'own', outcomes: [outcome(5)] },
    ],
    'ORT',
  );
  const titles = ['net, batch 1', 'net, batch 32', 'other, batch 1', 'other, batch 32'];
  assert.deepEqual([...new Set(rows.map((row) => row.trial))], titles);
  const [own, measure, wide] = rows;
  assert.deepEqual([own?.p50, own?.p99, own?.cpuMs, own?.spread], [20, 60, 40, 1.5]);
  // Round by round: 2, 0.5 and 1.5.
  assert.equal(own?.ratio, 1.5);
  assert.equal(measure?.ratio, 1);
  assert.equal(wide?.p50, 640);
  assert.equal(own?.peakBytes, 40e6);
  assert.equal(rows.find(({ trial: title }) => title.startsWith('other'))?.ratio, null);
});
