/** Scores of each class, compared with scikit-learn's. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Manifest, Sample } from '../../src/dataset/index.js';
import {
  averagePrecisionScore,
  bestF1Threshold,
  score,
  topClass,
} from '../../src/evaluation/index.js';
import {
  classScores,
  confusedClasses,
  meanScores,
} from '../../src/evaluation/metrics/class-scores.js';

const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/metrics/metrics.json', import.meta.url), 'utf8'),
);

const answersOf = (labels: number[], tops: number[]) =>
  labels.map((label, index) => {
    return { label, top: tops[index] as number };
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

const listed = JSON.parse(
  readFileSync(new URL('../fixtures/metrics/label-metrics.json', import.meta.url), 'utf8'),
);

/** What `golden` has, in the order of `values`. */
function assertNear(values: readonly (number | undefined)[], golden: readonly (number | null)[]) {
  assert.equal(values.length, golden.length);
  for (const [index, value] of values.entries()) {
    const wanted = golden[index] ?? undefined;
    const isNear =
      wanted === undefined ? value === undefined : Math.abs(Number(value) - wanted) < 1e-9;
    assert.ok(isNear, `${index}: ${value} is not ${wanted}`);
  }
}

test('when scikit-learn scores a task of any number of labels, then average precision and thresholds agree, also for equal scores', () => {
  const [averages, thresholds] = [averagePrecisionScore, bestF1Threshold].map((metric) =>
    listed.thresholds.map((_: number, index: number) => {
      const shown = listed.labels.map((labels: number[]) => labels.includes(index));
      return metric(
        shown,
        listed.scores.map((row: number[]) => row[index]),
      );
    }),
  );
  assertNear(averages, listed.averagePrecision);
  assertNear(
    thresholds.map((threshold?: number) => threshold ?? 0.5),
    listed.thresholds,
  );
  assert.throws(() => averagePrecisionScore([true], [Number.NaN]), /finite numbers for scores/);
  assert.throws(() => bestF1Threshold([true], [0.5, 1]), /Expected 2 for the number of images in/);
  assert.throws(() => bestF1Threshold([], []), /Missing one image or more/);
});

for (const [what, key, isInFolds] of [
  ['images of several folds', 'outOfFold', true],
  ['images without folds', 'atHalf', false],
] as const) {
  test(`when ${what} with any number of labels are scored, then thresholds are those of other folds or 0.5, and scores agree with scikit-learn`, () => {
    const task = { name: 'tags', classes: [...'abcdefg'], labels: 'any' as const };
    const samples = listed.labels.map((labels: number[], index: number): Sample => {
      const fold = isInFolds ? { fold: listed.folds[index] } : {};
      return {
        path: `${index}.jpg`,
        task: 'tags',
        label: -1,
        labels,
        maybe: [],
        split: 'train',
        ...fold,
        hash: '',
      };
    });
    const manifest: Manifest = {
      version: 1,
      root: '/x',
      seed: 1,
      tasks: [task],
      samples,
      questions: [],
    };
    const probabilities = Float32Array.from(listed.scores.flat());
    const scored = score({ manifest, task, split: 'train', samples, probabilities, failures: [] });
    const golden = listed[key];
    const each = scored.classScores;
    assert.deepEqual(
      each.map(({ predicted }) => predicted),
      golden.predicted,
    );
    assertNear(
      each.map(({ precision }) => precision),
      golden.precision,
    );
    assertNear(
      each.map(({ recall }) => recall),
      golden.recall,
    );
    assertNear(
      each.map(({ f1 }) => f1),
      golden.f1,
    );
    assertNear(
      each.map(({ averagePrecision }) => averagePrecision),
      listed.averagePrecision,
    );
    assertNear(
      each.map(({ threshold }) => threshold),
      isInFolds ? listed.thresholds : Array(7).fill(0.5),
    );
    for (const kind of ['micro', 'macro', 'weighted'] as const) {
      const { precision, recall, f1 } = scored[kind] ?? {};
      assertNear([precision, recall, f1], golden[kind]);
    }
    assertNear(
      [scored.accuracy, scored.meanAveragePrecision],
      [golden.accuracy, listed.meanAveragePrecision],
    );
    assert.equal(scored.mistakes.length, Math.round(90 * (1 - golden.accuracy)));
  });
}
