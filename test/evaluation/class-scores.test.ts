/** Scores of each class, compared with scikit-learn's. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Answer } from '../../src/evaluation/answers.js';
import { classScores, confusedClasses, meanScores } from '../../src/evaluation/class-scores.js';
import { topClass } from '../../src/evaluation/index.js';

const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/metrics.json', import.meta.url), 'utf8'),
);

const answersOf = (labels: number[], tops: number[]): Answer[] =>
  labels.map((label, index) => {
    return { label, top: tops[index] as number, probability: 1, rank: 1, counts: true };
  });

type Scores = { precision?: number; recall?: number; f1?: number };

function agree({ precision, recall, f1 }: Scores, wanted: (number | null)[]): void {
  for (const [index, value] of [precision, recall, f1].entries()) {
    const expected = wanted[index] ?? undefined;
    const difference = Math.abs((value ?? 0) - (expected ?? 0));
    assert.ok(typeof value === typeof expected && difference < 1e-12, `${value}, not ${expected}`);
  }
}

for (const [name, given] of [
  [
    'scikit-learn scores six classes',
    { ...fixture.classScores, labels: fixture.labels, tops: fixture.probabilities.map(topClass) },
  ],
  ['a class has no image, another no prediction, and a third neither', fixture.sparse],
]) {
  test(`when ${name}, then precision, recall, F1 and both means agree with scikit-learn`, () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const scores = classScores(answersOf(given.labels, given.tops), names);
    scores.forEach((each, index) => {
      agree(each, given.classes[index]);
    });
    agree(meanScores(scores, 'macro'), given.macro);
    agree(meanScores(scores, 'weighted'), given.weighted);
  });
}

test('when there are 20 000 classes, then the wrong answers are counted without a matrix', () => {
  const classes = Array.from({ length: 20_000 }, (_, index) => `c${index}`);
  const labels = [19_999, 19_999, 0, 7, 19_999];
  const before = process.memoryUsage().heapUsed;
  const answers = answersOf(labels, [3, 3, 0, 8, 5]);
  assert.deepEqual(confusedClasses(answers, classes), [
    { truth: 'c19999', prediction: 'c3', images: 2 },
    { truth: 'c7', prediction: 'c8', images: 1 },
    { truth: 'c19999', prediction: 'c5', images: 1 },
  ]);
  assert.equal(classScores(answers, classes).length, classes.length);
  assert.ok(process.memoryUsage().heapUsed - before < 50e6);
});
