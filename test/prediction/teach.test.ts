/** Teachers: who answers for which photos, what a student learns of it, and that nothing of it validates. */
import assert from 'node:assert/strict';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { type Manifest, resolveSample, type Sample } from '../../src/dataset/index.js';
import { sha256 } from '../../src/disk/index.js';
import { loadClassifier } from '../../src/model/index.js';
import { predict, rowsOf, taughtInWords, teach } from '../../src/prediction/index.js';
import { softTargetsOf, taughtSettings } from '../../src/submission/teachers.js';
import { loadSoftTargets, rowAt, type TrainOptions, train } from '../../src/training/index.js';
import { planOf } from '../../src/training/plan.js';
import type { LabelTable } from '../../src/training/tasks/label-table.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { smallClassifier, smallHeads } from '../support/small-classifier.js';

const folder = temporaryFolder();
const photos = await drawPhotos(path.join(folder, 'data'), { training: 6, validation: 2 });
const fileOf = ({ path: file }: { path: string }) => resolveSample(photos, file);

/** Every second photo has the label of one task, and a copy of a photo of the first one is in the second. */
const [copied] = photos.samples as unknown as [Sample];
const copy = { ...copied, path: 'copy.jpg', task: 'isRed', label: 1 };
const asked = { path: 'asked.jpg', task: 'colour', file: 'asked.jpg' };
await copyFile(fileOf(copied), fileOf(copy));
await writeFile(fileOf(asked), await readFile(fileOf(photos.samples.at(-1) as Sample)));
const samples = photos.samples.map(
  (sample, index): Sample =>
    index % 2 === 0 ? sample : { ...sample, task: 'isRed', label: sample.label === 0 ? 1 : 0 },
);
const manifest: Manifest = {
  ...photos,
  tasks: [...photos.tasks, { name: 'isRed', classes: ['no', 'yes'] }],
  samples: [...samples, copy],
  // One of the two shows a photo that validates.
  questions: [asked, { ...asked, path: 'held.jpg', file: 'held.jpg' }],
};
await copyFile(fileOf(copied), fileOf({ path: 'held.jpg' }));
const held = manifest.samples.find(({ split }) => split === 'validation') as Sample;
held.hash = sha256(await readFile(fileOf({ path: 'held.jpg' })));

const base = { epochs: 1, batchSize: 8, warmUp: 0, seed: 1 };
const teacherIn = async (name: string, given: Partial<TrainOptions> = {}) => {
  const run = path.join(folder, name);
  const classifier = smallClassifier();
  await train({ ...base, manifest, task: 'colour', run, classifier, ...given });
  return run;
};
const teacher = await teacherIn('teacher');
const other = await teacherIn('other', { seed: 2, epochs: 2, learningRate: 0.1 });
const file = path.join(folder, 'soft-targets.json');
const targets = await teach({ manifest, teachers: [teacher, other], questions: true, file });

test('when teachers answer, then each photo without the label that they have not seen gets their mean, and no other one', async () => {
  assert.equal(
    taughtInWords(targets),
    '2 teachers give 10 labels of 10 photos; 1 of them is of questions',
  );
  const [colour, isRed] = targets.tasks;
  assert.ok(isRed?.probabilities.every((share) => share === 0));
  const files = [
    ...manifest.samples,
    { ...asked, hash: sha256(await readFile(fileOf(asked))), split: 'train' },
  ];
  const unlabelled = files.filter(
    (photo) => photo.task === 'isRed' && photo.split === 'train' && photo.hash !== copied.hash,
  );
  const means = await Promise.all(
    [teacher, other].map(async (run) => {
      using classifier = await loadClassifier(run);
      const answered = [...unlabelled, files.at(-1) as Sample];
      return rowsOf(await predict({ classifier, files: answered.map(fileOf) }));
    }),
  );
  for (const [index, { hash }] of [...unlabelled, files.at(-1) as Sample].entries()) {
    const row = rowAt(colour as (typeof targets.tasks)[0], targets.images.indexOf(hash));
    const [one, two] = means.map((rows) => rows[index]) as [Float32Array, Float32Array];
    row.forEach((share, k) => {
      const mean = ((one[k] as number) + (two[k] as number)) / 2;
      assert.ok(Math.abs(share - mean) < 1e-6, `${hash}: ${share} is not ${mean}`);
    });
  }
  assert.deepEqual(
    targets.questions.map(({ path: asked }) => asked),
    ['asked.jpg'],
  );
  const { digest, ...loaded } = await loadSoftTargets(file);
  assert.deepEqual(loaded, targets);
  assert.match(digest, /^[0-9a-f]{64}$/);
});

const names = ['colour', 'isRed'];
const student = { ...base, manifest, tasks: names, softTargets: file } as const;

test('when a student is planned, then it trains on photos and questions, and validates with labels alone', async () => {
  const soft = await loadSoftTargets(file);
  const [taught, plain] = [planOf(student, soft), planOf(student)];
  assert.equal(taught.training.length, plain.training.length + 1);
  assert.deepEqual([...taught.validation], [...plain.validation]);
  const all = { partners: new Int32Array(6), weights: new Float32Array(6).fill(1) };
  const batch = { ...all, indices: Int32Array.from({ length: 6 }, (_, index) => index) };
  assert.deepEqual(
    taught.labels?.validate.targetsOf(batch),
    plain.labels?.validate.targetsOf(batch),
  );
  // In training, the answer is the whole target of the photo's first task, beside its label of the second one.
  const place = [...taught.training].findIndex(({ path: each }) => each === '0-1.jpg');
  const { train: table } = taught.labels as Record<'train', LabelTable>;
  const { targets: shares, weights } = table.targetsOf({
    ...{ indices: Int32Array.of(place), partners: Int32Array.of(place) },
    weights: Float32Array.of(1),
  });
  const row = soft.images.indexOf(taught.training.at(place)?.hash as string);
  const colour = rowAt(soft.tasks[0] as (typeof soft.tasks)[0], row);
  assert.deepEqual([...shares], [...colour, 0, 1]);
  assert.deepEqual([...weights], [1, 1]);
  // A file that is not of teach may name photos that validate: they are not trained on.
  const hashes = [...plain.validation].map(({ hash }) => hash);
  const hostile = {
    ...soft,
    images: hashes,
    tasks: [
      {
        task: 'colour',
        classes: ['red', 'green', 'blue'],
        probabilities: new Float32Array(3 * hashes.length).fill(1 / 3),
      },
    ],
    questions: [{ path: 'held.jpg', hash: held.hash }],
  };
  assert.deepEqual([...planOf(student, hostile).training], [...plain.training]);
  // Of one task, the photos of the other one are new.
  const one = planOf({ ...student, tasks: undefined, task: 'colour' }, soft);
  assert.equal(one.training.length, 9 + 10);
  assert.equal(one.labels?.train.labelsFor(0).length, 9 + 10);
});

test('when a student is stopped and resumed, then its weights are those of a whole run; without its targets it is refused', async () => {
  const classifier = () => smallHeads(manifest.tasks);
  const whole = await train({
    ...{ ...student, epochs: 2, run: path.join(folder, 'whole'), classifier: classifier() },
  });
  const run = path.join(folder, 'stopped');
  const stop = new AbortController();
  const given = { ...student, epochs: 2, run };
  await train({
    ...given,
    classifier: classifier(),
    signal: stop.signal,
    onProgress: ({ epoch, done }) => epoch === 2 && done === 8 && stop.abort(),
  });
  await assert.rejects(
    train({ ...given, softTargets: undefined, resume: true }),
    /the soft targets are not the same/,
  );
  const resumed = await train({ ...given, resume: true });
  const weightsOf = ({ classifier }: typeof whole) =>
    classifier.model.getWeights().map((weight) => [...weight.dataSync()]);
  assert.deepEqual(weightsOf(resumed), weightsOf(whole));
  assert.match(
    await readFile(path.join(run, 'config.json'), 'utf8'),
    /Soft targets are of .*teacher, /,
  );
});

test('when a teacher has seen what validates, was trained on other data or has nothing to fill in, then it is refused', async () => {
  const all = await teacherIn('all', { trainOn: 'all' });
  const fewer = { ...manifest, samples: [...manifest.samples].filter(({ label }) => label < 2) };
  const foreign = await teacherIn('foreign', { manifest: fewer });
  const given = { manifest, file: path.join(folder, 'refused.json') };
  const refused: [Parameters<typeof teach>[0], RegExp][] = [
    [
      { ...given, teachers: [all] },
      /all was trained on \d+ photos that validate the student: .*trainOn all/,
    ],
    [{ ...given, teachers: [foreign] }, /^Expected runs that were trained on this data set/],
    [
      { ...given, teachers: [teacher], tasks: ['isRed'] },
      /^Expected runs of one of isRed for teachers/,
    ],
    [
      {
        ...given,
        teachers: [teacher],
        manifest: {
          ...manifest,
          samples: [...manifest.samples].filter(({ task }) => task === 'colour'),
        },
      },
      /^Expected photos without a label to fill in/,
    ],
    // It has seen the photos of both tasks.
    [
      { ...given, teachers: [path.join(folder, 'whole')] },
      /^Expected photos without a label to fill in/,
    ],
  ];
  for (const [request, message] of refused) {
    await assert.rejects(teach(request), { name: 'InvalidInputError', message });
  }
  // A student without validation may learn of it.
  const trainOn = 'all';
  const ofAll = await teach({ ...given, teachers: [all], trainOn });
  assert.deepEqual(ofAll.held, { fold: undefined, trainOn });
  await assert.rejects(
    train({ ...student, softTargets: given.file, run: path.join(folder, 'no') }),
    /^InvalidInputError: Expected those made for trainOn train and no fold for softTargets/,
  );
  await assert.rejects(loadSoftTargets('/none.json'), {
    message:
      'Expected an existing file of soft targets, as teach writes it, for softTargets but received "/none.json"',
  });
  const text = await readFile(file, 'utf8');
  await writeFile(given.file, text.replace('"colour"', '"colors"'));
  await assert.rejects(loadSoftTargets(given.file), /Expected the content that Bobbin wrote/);
});

test('when submit has teachers, then they are asked once and it says so each time', async () => {
  const [told, progress]: [string[], string[]] = [[], []];
  const request = {
    ...{ source: folder, out: folder, seed: 1, validationFraction: 0.2, training: {} },
    teachers: [teacher],
    observer: {
      onTaught: (sentence: string) => told.push(sentence),
      onTeaching: ({ teacher: run }: { teacher: string }) => progress.push(run),
    },
  };
  const taught = { manifest, teachQuestions: true, trainOn: undefined };
  const made = await softTargetsOf(request, { ...taught, begun: false });
  assert.equal(await softTargetsOf(request, { ...taught, begun: true }), made);
  assert.deepEqual(progress, [teacher]);
  const sentence = '1 teacher gives 10 labels of 10 photos; 1 of them is of questions';
  assert.deepEqual(told, [sentence, sentence]);
  assert.deepEqual(taughtSettings(request, true), { teachers: [teacher], teachQuestions: true });
  assert.deepEqual(taughtSettings({ ...request, teachers: undefined }, false), {});
  assert.throws(() => taughtSettings({ ...request, teachers: undefined }, true), {
    message: 'Missing the runs that answer for teachers. teachQuestions needs them',
  });
});
