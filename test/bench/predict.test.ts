/** How outcomes of forward passes, and of prediction by windows, become rows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CropsOutcome } from '../../bench/crops/job.js';
import { bestRatio, type CropsRound, cropsRowsOf } from '../../bench/crops/results.js';
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

test('when prediction by windows was measured, then its rate and CPU time are compared within each round', () => {
  const took = (ms: number, cpuMs: number): CropsOutcome => ({
    ...{ ms, cpuMs, waitShare: 0, probabilities: [] },
  });
  const round = (bare: CropsOutcome, predict: CropsOutcome): CropsRound => ({
    ...{ 'bare pass': bare, predict, 'images alone': took(5, 10) },
  });
  const rounds = [
    round(took(100, 190), took(125, 200)),
    round(took(200, 390), took(200, 400)),
    round(took(100, 150), took(200, 150)),
  ];
  const [bare, own] = cropsRowsOf(rounds, 2);
  assert.equal(bare?.ratio.median, 1);
  // Round by round: 0.8, 1 and 0.5.
  assert.deepEqual(own?.ratio, { least: 0.5, median: 0.8, most: 1 });
  assert.deepEqual(own?.cpuRatio, { least: 0.95, median: 0.975, most: 1 });
  assert.deepEqual([own?.imagesPerSecond, own?.cpuMs, own?.busy], [5, 200, 0.8]);
  // In the time of the pass, two cores have 200 ms for 200 + 10, or for 150 + 10.
  assert.equal(bestRatio([round(took(100, 200), took(0, 0))], 2), 200 / 210);
  assert.equal(bestRatio([round(took(100, 150), took(0, 0))], 2), 1);
});
