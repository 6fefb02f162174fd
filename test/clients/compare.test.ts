/** How far a client's outputs may be from tfjs's answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from './compare.js';

const answer = { boxes: [100, -200, 0], first: { labels: ['cup', 'tie'] } };

test('when a number differs by less than a hundred-thousandth of its tensor’s scale, then it fits', () => {
  const found = { ...answer, boxes: [100.0015, -200, 0.0015] };
  const { relative, ...rest } = compare(found, answer);
  assert.ok(Math.abs(relative - 0.75e-5) < 1e-9, `${relative}`);
  assert.deepEqual(rest, { numbers: 3, labels: 2, faults: [] });
});

test('when a number differs by more, or is not a number, then the fault names it', () => {
  const { faults } = compare({ ...answer, boxes: [100.0025, -200, Number.NaN] }, answer);
  assert.deepEqual(faults, [
    'outputs.boxes[0] is 100.0025 instead of 100',
    'outputs.boxes[2] is NaN instead of 0',
  ]);
});

test('when labels differ, or outputs are missing or more than asked for, then the faults name them', () => {
  assert.deepEqual(compare({ ...answer, first: { labels: ['tie', 'tie'] } }, answer).faults, [
    'outputs.first.labels[0] is tie instead of cup',
  ]);
  assert.deepEqual(compare({ boxes: [100] }, answer).faults, [
    'outputs.boxes has 1 values instead of 3',
    'outputs.first.labels has 0 values instead of 2',
  ]);
  assert.deepEqual(compare({ ...answer, scores: [1] }, answer).faults, [
    'outputs.scores has 1 values instead of 0',
  ]);
});
