/** Averages of classifiers: of all, of those that make it better, and what is refused. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { digestOf, samplesOf } from '../../src/dataset/index.js';
import { averageCheckpoints, saveAverage } from '../../src/evaluation/index.js';
import {
  type Classifier,
  loadClassifier,
  saveClassifier,
  weightsOf,
} from '../../src/model/index.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { runBobbin } from '../support/run-bobbin.js';
import { plantedClassifier } from '../support/small-classifier.js';

const root = temporaryFolder();
const at = (name: string) => path.join(root, name);
const manifest = await drawPhotos(at('data'));
const validationImages = digestOf(samplesOf(manifest, 'colour', 'validation'));

const planted = (gains: number[], bias: number[]): Classifier => ({
  ...plantedClassifier(gains, bias),
  validationImages,
});

/** Each of the first two never answers one colour, which their average does; the third is always wrong. */
const members: Record<string, Classifier> = {
  bad: planted([-1, -1, -1], [0, 0, 0]),
  'no-blue': planted([1, 1, 0], [0, 0, -1]),
  'no-green': planted([1, 0, 1], [0, -1, 0]),
};
const runs = Object.keys(members).map(at);

before(async () => {
  for (const [name, classifier] of Object.entries(members)) {
    await saveClassifier({ ...classifier, epoch: 3 }, path.join(at(name), 'model'));
  }
});

const logitsOf = ({ model }: Classifier): number[][] =>
  ['logits/kernel', 'logits/bias'].map((name) =>
    Array.from(weightsOf(model).find((weight) => weight.name === name)?.values as Float32Array),
  );

test('when runs are averaged without data, then each weight is the mean of theirs', async () => {
  const { classifier, candidates, accuracy } = await averageCheckpoints({ runs });
  const each = Object.values(members).map(logitsOf);
  const means = (each[0] as number[][]).map((values, weight) =>
    values.map((_, i) => {
      const sum = each.reduce((total, logits) => total + (logits[weight]?.[i] as number), 0);
      return Math.fround(sum / each.length);
    }),
  );
  assert.deepEqual(logitsOf(classifier), means);
  const all = runs.map((folder) => ({ folder, isMember: true, epoch: 3 }));
  assert.deepEqual([candidates, accuracy], [all, undefined]);
});

test('when data choose the members, then one that makes the average worse is left out, and the result is a run', async () => {
  const average = await averageCheckpoints({ runs, manifest });
  const [bad, noBlue, noGreen] = runs;
  const parts = { epoch: 3, accuracy: 2 / 3, isMember: true };
  assert.deepEqual(average.candidates, [
    { ...parts, folder: noBlue, accuracyWith: 2 / 3 },
    { ...parts, folder: noGreen, accuracyWith: 1 },
    { ...parts, folder: bad, accuracy: 0, accuracyWith: 1 / 3, isMember: false },
  ]);
  assert.equal(average.accuracy, 1);
  assert.deepEqual(logitsOf(average.classifier), [
    [1, 0, 0, 0, 0.5, 0, 0, 0, 0.5],
    [0, -0.5, -0.5],
  ]);
  await saveAverage(average, at('merged'));
  await saveAverage(average, at('merged'));
  const run = await loadClassifier(at('merged'));
  assert.deepEqual(logitsOf(run), logitsOf(average.classifier));
  assert.deepEqual([run.task, run.validationImages], ['colour', validationImages]);
  const { candidates, accuracy } = average;
  const record = JSON.parse(await readFile(path.join(at('merged'), 'average.json'), 'utf8'));
  assert.deepEqual(record, { accuracy, candidates });
  await assert.rejects(saveAverage(average, at('data')), /a new folder, .* It has /);
});

test('when the command averages, then it shows who is a member and writes the run', async () => {
  const out = at('by-command');
  const words = ['average-checkpoints', ...runs, '--data', at('data'), '--out', out];
  const { code, stdout, stderr } = await runBobbin(words);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /no-green +3 +66\.7 % +100\.0 % +yes\n.*bad +3 +0\.0 % +33\.3 % +no\n/);
  assert.ok(stdout.includes(`Written to ${out}: model and average.json, the average of 2 models`));
  const [kernel] = logitsOf(await loadClassifier(out));
  assert.deepEqual(kernel, [1, 0, 0, 0, 0.5, 0, 0, 0, 0.5]);
});

test('when runs held back different images, then none may score their average, which records none', async () => {
  const [bad] = runs as [string];
  const other = async (name: string, change: Partial<Classifier>) => {
    await saveClassifier({ ...(members.bad as Classifier), ...change }, at(name));
    return [bad, at(name)];
  };
  const none = digestOf([]);
  const folds = await other('fold', { fold: 1, validationImages: none });
  const images = await other('images', { validationImages: none });
  const unknown = await other('unknown', { validationImages: undefined });
  const refusals: [string[], RegExp][] = [
    [folds, /^Expected runs that held back the same fold for the folds of the runs/],
    [images, /^Expected a run that held back the validation images of task colour in .*images"/],
    [
      unknown,
      /^Missing a record of the images that its training held back .*unknown\. Average all/,
    ],
  ];
  for (const [pair, message] of refusals) {
    await assert.rejects(averageCheckpoints({ runs: pair, manifest }), {
      name: 'InvalidInputError',
      message,
    });
    const { classifier } = await averageCheckpoints({ runs: pair });
    assert.deepEqual([classifier.fold, classifier.validationImages], [undefined, none]);
  }
});

test('when classifiers differ in more than their weights, then they are refused', async () => {
  const [bad] = runs as [string];
  const classes = ['red', 'blue', 'green'];
  await saveClassifier({ ...(members.bad as Classifier), classes }, at('classes'));
  const pair = [bad, at('classes')];
  const message = `Expected the classes of ${bad}, ["red","green","blue"], for the classes of ${at('classes')} but received ["red","blue","green"]`;
  await assert.rejects(averageCheckpoints({ runs: pair }), { message });
  await assert.rejects(averageCheckpoints({ runs: [bad] }), /two folders or more for runs/);
  await assert.rejects(averageCheckpoints({ runs: [bad, `${bad}/`] }), /The run .*bad\/ /);
});
