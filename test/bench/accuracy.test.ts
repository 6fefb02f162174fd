/** Rows of whole trainings: times, accuracies with their errors, and when Bobbin is said to be less accurate; and answers out of fold. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { accuracyComplaint, accuracyRow } from '../../bench/accuracy/results.js';
import { epochsIn, foldRow } from '../../bench/folds/results.js';
import { mcnemar, wilsonInterval } from '../../bench/folds/statistics.js';
import { FoldStore } from '../../bench/folds/store.js';
import { temporaryFolder } from '../support/folders.js';

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

test('when answers are counted, then the interval and the p-value are those of SciPy', () => {
  // scipy.stats.binomtest(right, all).proportion_ci(0.95, 'wilson')
  const intervals: [number, number, number, number][] = [
    [90, 100, 0.8256343384950865, 0.9447708629393249],
    [0, 12, 0, 0.24249400665524085],
    [12, 12, 0.7575059933447592, 1],
    [2871, 3120, 0.9101584505470002, 0.9291927247811651],
  ];
  for (const [right, all, ...wanted] of intervals) {
    for (const [index, end] of wilsonInterval(right, all).entries()) {
      assert.ok(Math.abs(end - (wanted[index] as number)) < 1e-12, `${right} of ${all}: ${end}`);
    }
  }
  // scipy.stats.binomtest(b, b + c).pvalue
  const tests: [number, number, number][] = [
    [5, 15, 0.04138946533203125],
    [0, 0, 1],
    [7, 7, 1],
    [1, 12, 0.00341796875],
    [30, 41, 0.23509756240834187],
    [700, 800, 0.010559255466711506],
    [0, 9, 0.00390625],
  ];
  for (const [b, c, wanted] of tests) {
    const p = mcnemar(b, c);
    assert.ok(Math.abs(p - wanted) <= 1e-9 * wanted, `${b} and ${c}: ${p}`);
  }
});

const outcome = (seconds: number, ...epochs: number[]) => ({ seconds, epochs, version: '1' });

test('when folds are finished, then a row has the share of all images, and the difference to Bobbin where both have a fold', () => {
  const rightsOf = (text: string) =>
    new Map([...text].map((mark, index) => [`${index}.jpg`, mark === '+']));
  const trial = (contender: string, ...folds: string[]) => ({
    ...{ contender, remarks: '' },
    results: folds.map((text, fold) => ({
      fold,
      outcome: outcome(9, 4, 5),
      rights: rightsOf(text),
    })),
  });
  const own = trial('Bobbin', '++-+', '+---');
  const { accuracy, images, folds, difference } = foldRow(own, own);
  assert.deepEqual([accuracy, images, folds, difference], [0.5, 8, [0, 1], null]);
  const row = foldRow(trial('peer', '+-++', '+++-', '++++'), own);
  assert.deepEqual([row.accuracy, row.images, row.secondsPerFold], [10 / 12, 12, 9]);
  assert.deepEqual(row.difference, { b: 1, c: 3, p: 0.625 });
  assert.throws(() => foldRow(trial('peer', '+-+'), own), /peer and Bobbin .* of fold 0/);
});

test('when a peer has the time of Bobbin, then it gets the whole epochs that fit, and at least one', () => {
  // A frozen epoch of 2 s and one of 10 s, after 3 s for the beginning.
  const one = outcome(15, 2, 10);
  assert.deepEqual(
    [5, 15, 24, 25, 46].map((seconds) => epochsIn(seconds, one)),
    [1, 1, 1, 2, 4],
  );
});

test('when a fold is saved, then a later comparison has its answers, and one of other settings is refused', async (t) => {
  const folder = temporaryFolder(t);
  const out = path.join(folder, 'out');
  const settings = {
    ...{ manifest: 'a', task: 't', recipe: 'quick' },
    side: 64,
    limit: null,
    minutes: null,
  };
  const predictions = path.join(folder, 'table.csv');
  writeFileSync(
    predictions,
    'path,offset,task,fold,label,p_a,p_b\nx,,t,1,a,0.9,0.1\ny,,t,1,a,0.2,0.8\n',
  );
  const store = await FoldStore.open(out, settings);
  await store.save('timm, short run', 1, outcome(3, 1), predictions);
  const again = await FoldStore.open(out, { ...settings });
  assert.equal(again.outcomeOf('timm, short run', 0), undefined);
  assert.equal(again.outcomeOf('timm', 1), undefined);
  assert.deepEqual(await again.resultOf('timm, short run', 1), {
    ...{ fold: 1, outcome: outcome(3, 1) },
    rights: new Map([
      ['x', true],
      ['y', false],
    ]),
  });
  await assert.rejects(FoldStore.open(out, { ...settings, side: 96 }), /same settings for --out/);
});
