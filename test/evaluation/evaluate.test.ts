/** Scores of given probabilities, compared with numbers computed by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Manifest, Sample } from '../../src/dataset/index.js';
import { InvalidInputError } from '../../src/errors.js';
import { score } from '../../src/evaluation/index.js';

const task = { name: 'length', classes: ['short', 'middle', 'long'] };
const sample = (name: string, label: number, maybe: number[] = []): Sample => ({
  path: `${name}.jpg`,
  task: task.name,
  label,
  maybe,
  split: 'validation',
  hash: '',
});
const samples = [
  sample('a', 0),
  sample('b', 0),
  sample('broken', 1),
  sample('c', 1, [2]),
  sample('d', 2),
];
const manifest: Manifest = {
  version: 1,
  root: '/photos',
  seed: 1,
  tasks: [task],
  samples,
  questions: [],
};
const probabilities = Float32Array.of(
  ...[0.8, 0.1, 0.1],
  ...[0.25, 0.5, 0.25],
  ...[0, 0, 0],
  ...[0.1, 0.2, 0.7],
  ...[0.0625, 0.9375, 0],
);
const failures = [{ index: 2, path: '/photos/broken.jpg', reason: 'no JPEG' }];

test('when one image is unreadable, then the scores cover the other four', () => {
  const scores = score({ manifest, task, split: 'validation', samples, probabilities, failures });
  assert.equal(scores.images, 4);
  // Only a is right.
  assert.equal(scores.accuracy, 1 / 4);
  // c's top class is one of its maybes.
  assert.equal(scores.basicPrecision, 1 / 3);
  // Ranks: a 1; b 2 (ties at 0.25 go to the lower index); c 2; d 3.
  // The last bit depends on the order in which images are added up.
  assert.ok(Math.abs(scores.meanReciprocalRank - (1 + 1 / 2 + 1 / 2 + 1 / 3) / 4) < 1e-12);
  // Without c; by probability: d wrong, a right, b wrong.
  assert.equal(scores.averagePrecision, (0 + 1 / 2 + 1 / 3) / 3);
  // Two of the four are short.
  assert.equal(scores.majority, 1 / 2);
  assert.deepEqual(scores.classScores, [
    { name: 'short', images: 2, predicted: 1, right: 1, precision: 1, recall: 1 / 2, f1: 2 / 3 },
    { name: 'middle', images: 1, predicted: 2, right: 0, precision: 0, recall: 0, f1: 0 },
    { name: 'long', images: 1, predicted: 1, right: 0, precision: 0, recall: 0, f1: 0 },
  ]);
  assert.deepEqual(scores.confused, [
    { truth: 'short', prediction: 'middle', images: 1 },
    { truth: 'middle', prediction: 'long', images: 1 },
    { truth: 'long', prediction: 'middle', images: 1 },
  ]);
  assert.deepEqual(scores.macro, { precision: 1 / 3, recall: 1 / 6, f1: 2 / 9 });
  assert.deepEqual(scores.weighted, { precision: 1 / 2, recall: 1 / 4, f1: 1 / 3 });
});

test('when images have any number of labels, then an image is right with all of them, and its first one counts for MRR', () => {
  const tags = { ...task, labels: 'any' as const };
  const listed = ([[0, 2], [], [1], []] as const).map((labels, index) => ({
    ...sample(`${index}`, -1),
    labels,
  }));
  const rows = Float32Array.of(
    ...[0.75, 0.25, 0.5],
    ...[0.25, 0.125, 0.625],
    ...[0.875, 0.25, 0.25],
    ...[0, 0, 0.25],
  );
  const scores = score({
    manifest: { ...manifest, tasks: [tags], samples: listed },
    task: tags,
    split: 'validation',
    samples: listed,
    probabilities: rows,
    failures: [],
  });
  // The first and the last: 0.5 is enough. Two of the four have no label.
  assert.deepEqual([scores.accuracy, scores.majority], [1 / 2, 1 / 2]);
  // Ranks: of the first image 1, of the third 2, behind it a class of the same probability.
  assert.equal(scores.meanReciprocalRank, (1 + 1 / 2) / 2);
  assert.deepEqual(scores.micro, { precision: 2 / 4, recall: 2 / 3, f1: 4 / 7 });
  assert.deepEqual(
    scores.mistakes.map(({ path, truth, prediction, probability }) => [
      path,
      truth,
      prediction,
      probability,
    ]),
    [
      ['2.jpg', 'middle', 'short', 0.875],
      ['1.jpg', 'none', 'long', 0.625],
    ],
  );
  assert.equal(scores.averagePrecision, undefined);
});

test('when answers are wrong, then they are listed with the most confident first', () => {
  const { mistakes } = score({
    manifest,
    task,
    split: 'validation' as const,
    samples,
    probabilities,
    failures,
  });
  assert.deepEqual(
    mistakes.map(({ path, truth, prediction }) => [path, truth, prediction]),
    [
      ['d.jpg', 'long', 'middle'],
      ['c.jpg', 'middle', 'long'],
      ['b.jpg', 'short', 'middle'],
    ],
  );
  assert.deepEqual(mistakes[0], {
    path: 'd.jpg',
    file: '/photos/d.jpg',
    probability: 0.9375,
    truth: 'long',
    prediction: 'middle',
  });
});

test('when a probability is not finite, then its image and task are named', () => {
  for (const [value, shown] of [
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ] as const) {
    const changed = Float32Array.from(probabilities);
    changed[10] = value;
    assert.throws(
      () =>
        score({ manifest, task, split: 'validation', samples, probabilities: changed, failures }),
      new InvalidInputError(
        `Expected finite probabilities for c.jpg of task length but received "${shown} for middle"`,
      ),
    );
  }
});

test('when no image of the split could be read, then the error names the folder and says how many they are', () => {
  const all = samples.map(({ path }, index) => ({ index, path, reason: 'no JPEG' }));
  assert.throws(
    () => score({ manifest, task, split: 'validation', samples, probabilities, failures: all }),
    new InvalidInputError(
      'Missing images that can be read for task length. None of the 5 images of the validation split in /photos can be read; the first is a.jpg: no JPEG. If they moved, name their folder by --images (in a program, loadManifest takes `images`)',
    ),
  );
});
