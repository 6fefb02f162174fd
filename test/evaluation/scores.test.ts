/** All scores of predictions and their intervals, compared with scikit-learn, NumPy and scipy on the same rows. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { resampledScores } from '../../src/evaluation/index.js';
import { binOf } from '../../src/evaluation/metrics/columns.js';
import * as api from '../../src/index.js';

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/metrics/${name}`, import.meta.url), 'utf8'));
const golden = fixture('scores.json');
const listed = fixture('labels-scores.json');
const [images, classes, empty, neverPredicted] = [20_000, 7, 6, 5];

/** The upper half of a linear congruential generator (Numerical Recipes), below an end. */
function wholeNumbers(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) % end;
  };
}

/** As make_scores.py makes them. */
function rows(): Required<api.Scored> {
  const below = wholeNumbers(7);
  const [probabilities, labels, maybe]: [Float64Array[], number[], number[][]] = [[], [], []];
  for (let image = 0; image < images; image++) {
    const label = below(empty);
    const parts = Float64Array.from({ length: classes }, (_, index) =>
      index === neverPredicted ? 0 : below(20),
    );
    parts[0] = (parts[0] as number) + 1;
    if (label !== neverPredicted) {
      parts[label] = (parts[label] as number) + below(15);
    }
    const doubtful = (label + 1 + below(3)) % classes;
    maybe.push(below(3) === 0 ? [doubtful] : []);
    const sum = parts.reduce((total, part) => total + part);
    probabilities.push(parts.map((part) => part / sum));
    labels.push(label);
  }
  return { probabilities, labels, maybe };
}

const all = rows();
const names = Array.from({ length: classes }, (_, index) => `c${index}`);
const scores = api.scoresOf({ ...all, classes: names, resamples: 0 });

function near(found: number | undefined, wanted: number | null | undefined, what: string): void {
  const isNear =
    found === undefined || wanted === undefined || wanted === null
      ? found === (wanted ?? undefined)
      : Math.abs(found - wanted) <= 1e-9;
  assert.ok(isNear, `${what}: ${found} is not ${wanted}`);
}

test('when the rows are made, then they are those of the fixture', () => {
  const sums = names.map((_, index) =>
    all.probabilities.reduce((sum, row) => sum + (row[index] as number), 0),
  );
  for (const [index, sum] of sums.entries()) {
    near(sum / images, golden.sums[index] / images, `mean of class ${index}`);
  }
  assert.equal(all.maybe.flat().length, golden.maybe);
});

const metrics: Record<string, (scored: api.Scored) => number | undefined> = {
  accuracy: api.accuracy,
  basicPrecision: api.basicPrecision,
  averagePrecision: api.averagePrecision,
  averagePrecisionByThreshold: api.averagePrecisionByThreshold,
  meanReciprocalRank: api.meanReciprocalRank,
  balancedAccuracy: api.balancedAccuracy,
  macroF1: api.macroF1,
  logLoss: api.logLoss,
  brierScore: api.brierScore,
  expectedCalibrationError: api.expectedCalibrationError,
};

for (const [name, wanted] of Object.entries<number>(golden.scores)) {
  test(`when 20 000 rows have ties, zeros, an empty class and one never predicted, then ${name} agrees`, () => {
    near(metrics[name]?.(all), wanted, name);
    near(scores[name as keyof api.Scores] as number, wanted, `${name} of scoresOf`);
  });
}

test('when 20 000 rows are scored, then top-k accuracy, classes and confusions agree', () => {
  for (const [index, k] of [1, 2, 3, 5, 7].entries()) {
    near(api.topAccuracy(all, k), golden.top[index], `top ${k}`);
  }
  assert.deepEqual(
    scores.topAccuracy.map(({ accuracy }) => accuracy),
    golden.top.slice(1, 4),
  );
  for (const [index, wanted] of golden.classes.entries()) {
    const { precision, recall, f1, averagePrecision } = scores.classScores[
      index
    ] as api.ScoredClass;
    for (const [part, found] of [precision, recall, f1, averagePrecision].entries()) {
      near(found, wanted[part], `score ${part} of class ${index}`);
    }
  }
  for (const { truth, prediction, images, share } of scores.confused) {
    const row = golden.confusion[names.indexOf(truth)];
    assert.equal(images, row[names.indexOf(prediction)]);
    near(share, images / golden.labels[names.indexOf(truth)], `${truth} as ${prediction}`);
  }
});

test('when 20 000 rows are scored, then reliability bins and the precision–coverage curve agree', () => {
  for (const [index, bin] of api.reliabilityBins(all).entries()) {
    const [images, confidence, accuracy] = golden.reliability[index];
    assert.equal(bin.images, images);
    near(bin.confidence, confidence, `confidence of bin ${index}`);
    near(bin.accuracy, accuracy, `accuracy of bin ${index}`);
  }
  const curve = api.precisionCoverage(all);
  assert.equal(curve.length, golden.coverage.points);
  for (const [threshold, coverage, precision] of golden.coverage.some) {
    const point = curve.find((each) => each.threshold === threshold);
    near(point?.coverage, coverage, `coverage at ${threshold}`);
    near(point?.precision, precision, `precision at ${threshold}`);
  }
  near(curve.at(-1)?.precision, golden.scores.basicPrecision, 'precision of all');
  // The first point that covers each hundredth.
  assert.deepEqual(scores.precisionCoverage, [
    ...new Set(
      Array.from({ length: 100 }, (_, index) =>
        curve.find(({ coverage }) => coverage >= (index + 1) / 100 - 1e-12),
      ),
    ),
  ]);
});

test('when images are drawn anew, then intervals are those of scipy within the error of sampling', () => {
  const first = 2000;
  const scored = api.scoresOf({
    probabilities: all.probabilities.slice(0, first),
    labels: (all.labels as number[]).slice(0, first),
    maybe: all.maybe.slice(0, first),
    classes: names,
  });
  const [class0] = scored.classScores as [api.ScoredClass];
  const found: Record<string, api.Interval | undefined> = {
    ...scored.intervals,
    recall0: class0.intervals.recall,
    averagePrecision0: class0.intervals.averagePrecision,
  };
  assert.deepEqual(Object.keys(found).sort(), Object.keys(golden.intervals).sort());
  for (const [name, [low, high]] of Object.entries<api.Interval>(golden.intervals)) {
    // An end is a percentile of 1000 draws: its standard error is 0.085 of theirs, or 0.022 of the interval.
    const tolerance = 0.1 * (high - low);
    const [foundLow, foundHigh] = found[name] as api.Interval;
    const isNear = Math.abs(foundLow - low) < tolerance && Math.abs(foundHigh - high) < tolerance;
    assert.ok(isNear, `${name}: ${found[name]} is not ${[low, high]}`);
  }
  // The interval of the last point and of the bins together are those of the whole.
  assert.deepEqual(scored.precisionCoverage.at(-1)?.interval, scored.intervals.basicPrecision);
  for (const { images, accuracy = 0, interval } of scored.reliability) {
    assert.equal(interval === undefined, images === 0);
    assert.ok(!interval || (interval[0] <= accuracy && accuracy <= interval[1]));
  }
  const absent = scored.classScores[empty] as api.ScoredClass;
  assert.equal(absent.intervals.recall, undefined);
  assert.deepEqual(scored.classScores[neverPredicted]?.intervals.recall, [0, 0]);
  assert.deepEqual(absent.intervals.precision, [0, 0]);
});

const few = {
  probabilities: [
    [0.6, 0.4],
    [0.3, 0.7],
    [0.8, 0.2],
  ],
  labels: [0, 0, 1],
  classes: ['a', 'b'],
};

test('when the seed or the task is another one, then intervals are others; the same ones give the same', () => {
  const intervalsOf = (changed: api.ScoringOptions & { task?: string }) =>
    api.scoresOf({ ...few, ...changed, resamples: 50 }).intervals.logLoss;
  assert.deepEqual(intervalsOf({}), intervalsOf({ seed: 1 }));
  assert.notDeepEqual(intervalsOf({}), intervalsOf({ seed: 2 }));
  assert.notDeepEqual(intervalsOf({}), intervalsOf({ task: 'collar' }));
});

test('when no image counts, then precision and AP are absent, and so are their intervals', () => {
  const found = api.scoresOf({ ...few, maybe: [[0], [1], [0]] });
  assert.equal(found.counted, 0);
  for (const name of ['basicPrecision', 'averagePrecision'] as const) {
    assert.ok(!(name in found) && !(name in found.intervals));
  }
  assert.ok(found.precisionCoverage.every((point) => !('precision' in point)));
  assert.equal(found.accuracy, 1 / 3);
});

test('when a probability lies on a border of bins, then it is in the lower bin', () => {
  for (const bins of [1, 3, 10, 15, 49, 1000]) {
    for (let border = 0; border <= bins; border++) {
      assert.equal(binOf(border / bins, bins), Math.max(0, border - 1), `${border}/${bins}`);
    }
  }
  const halves = {
    probabilities: [
      [0.5, 0.5],
      [0.75, 0.25],
    ],
    labels: [0, 1],
  };
  assert.equal(api.expectedCalibrationError(halves, { bins: 2 }), (1 / 2 + 3 / 4) / 2);
  assert.deepEqual(api.reliabilityBins(halves, { bins: 2 }), [
    { from: 0, to: 0.5, images: 1, confidence: 0.5, accuracy: 1 },
    { from: 0.5, to: 1, images: 1, confidence: 0.75, accuracy: 0 },
  ]);
});

test('when scores are asked for what they cannot be of, then the error says what', () => {
  const refused = (changed: object, message: RegExp) =>
    assert.throws(() => api.scoresOf({ ...few, ...changed }), message);
  refused({ classes: ['a'] }, /Expected 1 probabilities for image 0 but received 2/);
  refused({ resamples: -1 }, /resamples/);
  refused({ bins: 0.5 }, /bins/);
  refused({ sead: 1 }, /seed/);
  refused({ labels: [0, 0, 2] }, /a class from 0 to 1 for the label of image 2/);
  assert.throws(() => api.topAccuracy(few, 0), /an integer from 1 for k/);
  assert.throws(() => api.reliabilityBins(few, { bins: 1001 }), /bins/);
});

/** As make_labels_scores.py makes them: tenths of the images show each class. */
function labelRows(): Required<api.LabelsScored> {
  const below = wholeNumbers(11);
  const tenths = [6, 4, 2, 1, 1, 0, 3];
  const [probabilities, labels, folds]: [Float64Array[], number[][], number[]] = [[], [], []];
  for (let image = 0; image < images; image++) {
    folds.push(below(3));
    const shown = tenths.map((each) => below(10) < each);
    const parts = shown.map((own) => below(13) + (own ? below(9) : 0));
    probabilities.push(Float64Array.from(parts, (part, index) => part / (index === 6 ? 50 : 20)));
    labels.push(shown.flatMap((own, index) => (own ? [index] : [])));
  }
  return { probabilities, labels, folds };
}

const { folds, ...lists } = labelRows();
const ofLabels = { ...lists, classes: names, resamples: 0 };

test('when 20 000 rows of any number of labels have ties, rows without labels, an empty class and one never predicted, then all scores agree', () => {
  const found = api.labelsScoresOf(ofLabels);
  assert.equal(lists.labels.filter(({ length }) => length === 0).length, listed.none);
  for (const [name, wanted] of Object.entries<number>(listed.scores)) {
    near(found[name as api.LabelsScoreName], wanted, name);
  }
  for (const [index, score] of found.classScores.entries()) {
    const sum = lists.probabilities.reduce((total, row) => total + (row[index] as number), 0);
    near(sum / images, listed.sums[index] / images, `mean of class ${index}`);
    assert.equal(score.images, listed.labels[index]);
    near(score.averagePrecision, listed.averagePrecision[index], `AP of class ${index}`);
    near(score.f1, listed.f1[index], `F1 of class ${index}`);
    assert.equal(score.threshold, 0.5);
  }
  const [, , , , , none, never] = found.classScores as api.ScoredClass[];
  assert.deepEqual([none?.recall, never?.precision, never?.f1], [undefined, undefined, 0]);
  const inFolds = api.labelsScoresOf({ ...ofLabels, folds });
  for (const [name, wanted] of Object.entries<number>(listed.inFolds)) {
    near(inFolds[name as api.LabelsScoreName], wanted, `${name} in folds`);
  }
  const thresholds = inFolds.classScores.map(({ threshold }) => threshold);
  assert.deepEqual(thresholds, listed.thresholds);
  const given = api.labelsScoresOf({ ...ofLabels, folds, threshold: 0.5 });
  assert.equal(given.microF1, found.microF1);
});

test('when images of any number of labels are drawn anew, then intervals are those of scipy within the error of sampling', () => {
  const first = <Row>(rows: readonly Row[]) => rows.slice(0, 1000);
  const some = {
    ...{ probabilities: first(lists.probabilities), labels: first(lists.labels), classes: names },
  };
  const { intervals, classScores } = api.labelsScoresOf(some);
  const inFolds = api.labelsScoresOf({ ...some, folds: first(folds) });
  const own = {
    averagePrecision0: classScores[0]?.intervals.averagePrecision,
    f10: classScores[0]?.intervals.f1,
    inFoldsMicroF1: inFolds.intervals.microF1,
  };
  for (const [name, found] of Object.entries({ ...intervals, ...own })) {
    const [low, high] = listed.intervals[name] ?? listed[name];
    const tolerance = 0.1 * (high - low);
    const [foundLow, foundHigh] = found as api.Interval;
    const isNear = Math.abs(foundLow - low) < tolerance && Math.abs(foundHigh - high) < tolerance;
    assert.ok(isNear, `${name}: ${found} is not ${[low, high]}`);
  }
  assert.equal(Object.keys(intervals).length, Object.keys(listed.intervals).length);
  assert.deepEqual(classScores[empty - 1]?.intervals.averagePrecision, undefined);
});

test('when no image has a label, then average precision is absent, F1 is 0 and the other scores have values', () => {
  const none = { probabilities: [[0.2, 0.4]], labels: [[]], classes: ['a', 'b'] };
  const found = api.labelsScoresOf(none);
  assert.ok(!('meanAveragePrecision' in found) && !('meanAveragePrecision' in found.intervals));
  assert.deepEqual([found.accuracy, found.microF1, found.macroF1], [1, 0, 0]);
  near(found.logLoss, -(Math.log(0.8) + Math.log(0.6)) / 2, 'log loss');
  near(found.expectedCalibrationError, 0.3, 'calibration error');
  for (const [changed, message] of [
    [{ labels: [] }, /Expected 1 for the number of labels/],
    [{ labels: [[2]] }, /different classes from 0 to 1 for the labels of image 0/],
    [{ labels: [[1, 1]] }, /different classes/],
    [{ labels: [1 as never] }, /a list of classes for the labels of image 0 but received 1/],
    [{ folds: [0, 1] }, /Expected 1 for the number of folds/],
    [{ threshold: 2 }, /threshold/],
    [{ probabilities: [[0.2]] }, /Expected 2 probabilities for image 0/],
    [{ probabilities: [[0.2, Number.NaN]] }, /finite numbers/],
    [{ probabilities: [], labels: [] }, /Missing one image or more/],
  ] as const) {
    assert.throws(() => api.labelsScoresOf({ ...none, ...changed }), message);
  }
});

/** As make_means.py makes them. */
function taskRows(seed: number, size: number): api.ScoresRequest {
  const below = wholeNumbers(seed);
  const pairs = Array.from({ length: size }, () => [1 + below(19), below(20)] as const);
  return {
    probabilities: pairs.map(([part]) => [part / 20, 1 - part / 20]),
    labels: pairs.map(([part, draw]) => (draw < part ? 0 : 1)),
    ...{ classes: ['a', 'b'], task: `${seed}` },
  };
}

test('when several tasks are scored, then their mean has the interval of NumPy, which draws the images of each task by themselves', () => {
  const tasks = [50, 200, 400].map((size, index) => resampledScores(taskRows(21 + index, size)));
  const { mean } = api.meansOf(tasks);
  for (const [name, wanted] of Object.entries<{ mean: number; interval: api.Interval }>(
    fixture('means.json'),
  )) {
    const [low, high] = wanted.interval;
    const found = mean?.intervals[name as 'accuracy'] as api.Interval;
    near(mean?.[name as 'accuracy'], wanted.mean, name);
    const tolerance = 0.1 * (high - low);
    assert.ok(
      found.every((end, at) => Math.abs(end - (wanted.interval[at] as number)) < tolerance),
      `${name}: ${found} is not ${wanted.interval}`,
    );
  }
  assert.deepEqual(api.meansOf(tasks.slice(0, 1)), {});
});
