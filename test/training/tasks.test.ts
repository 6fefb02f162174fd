/** Several tasks in one network, and tasks of any number of labels: loss, masks, mixes, records and resuming. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import type { Manifest, Sample, Task } from '../../src/dataset/index.js';
import { evaluate } from '../../src/evaluation/index.js';
import { type Classifier, loadClassifier } from '../../src/model/index.js';
import { resolveOptions } from '../../src/options.js';
import { classify, predict } from '../../src/prediction/index.js';
import { jit, tf } from '../../src/tensorflow/index.js';
import { type EpochRecord, train } from '../../src/training/index.js';
import { lossOptions } from '../../src/training/loss/options.js';
import { splitNetwork } from '../../src/training/run/network.js';
import { imagesOf } from '../../src/training/tasks/images.js';
import { LabelTable } from '../../src/training/tasks/label-table.js';
import { severalTasks } from '../../src/training/tasks/objective.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { smallHeads } from '../support/small-classifier.js';

const folder = temporaryFolder();
let photos: Manifest;
before(async () => {
  photos = await drawPhotos(path.join(folder, 'data'));
});

const tasks: Task[] = [
  { name: 'colour', classes: ['red', 'green', 'blue'] },
  { name: 'isRed', classes: ['no', 'yes'] },
  { name: 'has', classes: ['red', 'green'], labels: 'any' },
];

/** The photos with labels of three tasks: colour has all photos, the others a third and two thirds of them. */
function severalLabels(): Manifest {
  const samples = [...photos.samples].flatMap((sample, index): Sample[] => {
    const { label } = sample;
    return [
      sample,
      ...(index % 3 === 0 ? [{ ...sample, task: 'isRed', label: label === 0 ? 1 : 0 }] : []),
      ...(index % 3 !== 0
        ? [{ ...sample, task: 'has', label: -1, labels: label < 2 ? [label] : [] }]
        : []),
    ];
  });
  return { ...photos, tasks: tasks as Manifest['tasks'], samples };
}

const smallNetwork = (chosen = tasks) => smallHeads(chosen);

const options = { epochs: 4, batchSize: 8, learningRate: 0.05, weightDecay: 0, seed: 7 };
const names = tasks.map(({ name }) => name);

test('when images lack labels and are mixed, then loss and gradient are those of torch over the labels there are', () => {
  const golden = JSON.parse(readFileSync(new URL('fixtures/tasks.json', import.meta.url), 'utf8'))
    .tasks as {
    logits: number[][];
    labels: (number | number[] | null)[][];
    rows: [number, number, number][];
    smoothing: number;
    loss: number;
    gradient: number[][];
  };
  const samples = golden.labels.flatMap((labels, image) =>
    labels.flatMap((label, place): Sample[] => {
      const shared = {
        path: `${image}.jpg`,
        task: names[place] as string,
        maybe: [],
        split: 'train' as const,
        hash: `${image}`.padStart(64, '0'),
      };
      if (label === null) {
        return [];
      }
      return [
        Array.isArray(label) ? { ...shared, label: -1, labels: label } : { ...shared, label },
      ];
    }),
  );
  const manifest = { ...photos, tasks: tasks as Manifest['tasks'], samples };
  const part = { manifest, tasks, split: 'train', fold: undefined } as const;
  const images = imagesOf(part);
  assert.deepEqual(
    images.map((image) => image.path),
    ['0.jpg', '2.jpg', '3.jpg', '1.jpg'],
  );
  const table = new LabelTable(part, images);
  const objective = severalTasks(
    { train: table, validate: table },
    resolveOptions(lossOptions, { labelSmoothing: golden.smoothing }),
  );
  const placeOf = (image: number) => images.map((each) => each.path).indexOf(`${image}.jpg`);
  const { targets, weights, labels } = table.targetsOf({
    indices: Int32Array.from(golden.rows, ([own]) => placeOf(own)),
    partners: Int32Array.from(golden.rows, ([, partner]) => placeOf(partner)),
    weights: Float32Array.from(golden.rows, ([, , share]) => share),
  });
  const tensors = {
    images: tf.zeros([4, 1, 1, 3]) as tf.Tensor4D,
    targets: tf.tensor2d(targets, [4, 7]),
    weights: tf.tensor2d(weights, [4, 3]),
    labels: tf.tensor2d(labels, [4, 3], 'int32'),
  };
  const mean = (logits: tf.Tensor2D) =>
    objective.mean(objective.losses(logits, tensors, 'train'), tensors);
  const both = jit((logits: tf.Tensor2D) => {
    const gradient = tf.grad((x) => mean(x as tf.Tensor2D))(logits) as tf.Tensor2D;
    return [mean(logits), gradient] as const;
  });
  const [loss, gradient] = both(tf.tensor2d(golden.logits));
  const [value] = loss.dataSync() as Float32Array;
  assert.ok(Math.abs((value as number) - golden.loss) < 1e-6, `${value} is not ${golden.loss}`);
  // By row: 2 labels; 2 · 0.75 and 2 · 0.25; 2; 1 · 0.25 and 2 · 0.75. Accumulated means count by them.
  assert.equal((objective.weight(tensors) as tf.Scalar).dataSync()[0], 7.75);
  gradient.dataSync().forEach((slope, i) => {
    const wanted = golden.gradient.flat()[i] as number;
    assert.ok(Math.abs(slope - wanted) < 1e-6, `${i}: ${slope} is not ${wanted}`);
  });
});

test('when three tasks are trained in one network, then each is learnt from its own labels and scored for itself', async () => {
  const manifest = severalLabels();
  const run = path.join(folder, 'three');
  const { history, best } = await train({
    ...options,
    epochs: 16,
    learningRate: 0.2,
    labelSmoothing: 0,
    manifest,
    tasks: names,
    run,
    classifier: smallNetwork(),
  });
  const last = history.at(-1) as EpochRecord;
  const scores = Object.values(last.tasks ?? {});
  assert.deepEqual(Object.keys(last.tasks ?? {}), names);
  const meanOf = (key: 'loss' | 'validationAccuracy') =>
    scores.reduce((sum, task) => sum + (task[key] as number), 0) / scores.length;
  assert.ok(Math.abs(meanOf('loss') - last.loss) < 1e-9);
  assert.ok(Math.abs(meanOf('validationAccuracy') - (last.validationAccuracy as number)) < 1e-9);
  const accuracies = history.map((each) => each.validationAccuracy as number);
  assert.equal(best?.validationAccuracy, Math.max(...accuracies));
  for (const [name, { validationAccuracy = 0 }] of Object.entries(last.tasks ?? {})) {
    assert.ok(validationAccuracy > 0.8, `${name}: ${validationAccuracy}`);
  }
  const [header] = readFileSync(path.join(run, 'history.csv'), 'utf8').split('\n');
  assert.match(header as string, /,advice,colour\/loss,.*,has\/validation_accuracy$/);
  using part = await loadClassifier(run, { task: 'has' });
  assert.equal(part.heads?.[0]?.labels, 'any');
  assert.match(part.validationImages ?? '', /^[0-9a-f]{64}$/);
});

test('when a task has no labels in a batch or in validation, then the others alone count', async () => {
  const manifest = severalLabels();
  // No photo is in both tasks.
  const samples = [...manifest.samples].filter(
    ({ task, split }) => task === 'isRed' || (task === 'has' && split === 'train'),
  );
  const { history } = await train({
    ...options,
    batchSize: 1,
    epochs: 1,
    manifest: { ...manifest, samples },
    tasks: ['has', 'isRed'],
    run: path.join(folder, 'apart'),
    classifier: smallNetwork([tasks[2] as Task, tasks[1] as Task]),
  });
  const [{ validationAccuracy, tasks: scores }] = history as [EpochRecord];
  assert.equal(scores?.has?.validationAccuracy, undefined);
  assert.equal(scores?.isRed?.validationAccuracy, validationAccuracy);
  assert.ok(Number.isFinite(scores?.has?.loss) && Number.isFinite(scores?.isRed?.loss));
});

test('when a run of several tasks is stopped within an epoch and resumed, then its weights are those of a whole run', async () => {
  const given = {
    ...options,
    epochs: 2,
    accumulate: 2,
    augmentation: { mixup: 0.4, cutmix: 1, mixProbability: 0.7 },
    manifest: severalLabels(),
    tasks: names,
  };
  const weightsOf = ({ model }: Classifier) =>
    model.getWeights().map((weight) => [...weight.dataSync()]);
  const whole = await train({
    ...given,
    run: path.join(folder, 'whole'),
    classifier: smallNetwork(),
  });
  const stopped = new AbortController();
  const run = path.join(folder, 'stopped');
  const first = await train({
    ...given,
    run,
    classifier: smallNetwork(),
    signal: stopped.signal,
    onProgress: ({ epoch, done }) => epoch === 2 && done === 16 && stopped.abort(),
  });
  assert.equal(first.finished, false);
  await assert.rejects(
    train({ ...given, tasks: names.slice(0, 2), run, resume: true }),
    /classes of task colour: red, green, blue; of task isRed: no, yes for classifier but received/,
  );
  const resumed = await train({ ...given, run, resume: true });
  assert.deepEqual(weightsOf(resumed.classifier), weightsOf(whole.classifier));
  assert.deepEqual(resumed.history.at(-1)?.tasks, whole.history.at(-1)?.tasks);
});

test('when only the heads are trained, then the rest of the network runs outside the gradient', () => {
  const { model, heads } = smallNetwork();
  for (const layer of model.layers) {
    layer.trainable = layer.name.startsWith('logits/');
  }
  const { isSplit, variables, frozen, learn, infer } = splitNetwork(model, heads);
  assert.deepEqual([isSplit, variables.length], [true, 6]);
  const images = tf.randomUniform([2, 32, 32, 3], -1, 1, 'float32', 3);
  const step = { training: false, dropoutKey: tf.tensor1d([1, 2], 'int32') };
  assert.deepEqual(learn(frozen(images), step).arraySync(), infer(images).arraySync());
  assert.throws(() => splitNetwork(model), /a softmax as the last layer for model but received/);
});

test('when a network of several tasks answers, then each command finds its head', async () => {
  const manifest = severalLabels();
  const classifier = smallNetwork();
  const files = manifest.samples
    .slice(0, 5)
    .map(({ path: file }) => path.join(manifest.root, file));
  const all = await classify({ classifier, files });
  assert.equal(all.classes.length, 7);
  const colour = smallNetwork(tasks.slice(0, 1));
  const own = await classify({ classifier: { ...colour, heads: undefined }, files });
  const mean = await classify({
    classifiers: [classifier, { ...colour, heads: undefined }],
    task: 'colour',
    files,
  });
  mean.probabilities.forEach((value, index) => {
    const row = Math.floor(index / 3);
    const [one, other] = [all.probabilities[row * 7 + (index % 3)], own.probabilities[index]];
    assert.ok(Math.abs(value - ((one as number) + (other as number)) / 2) < 1e-6);
  });
  const { failures, probabilities } = await predict({ classifier, files: ['/absent.jpg'] });
  assert.equal(failures.length, 1);
  assert.deepEqual([...probabilities.subarray(3)], [0.5, 0.5, 0, 0]);
  const scores = await evaluate({ classifier, manifest, task: 'has' });
  assert.equal(scores.labels, 'any');
  assert.equal(scores.images, [...manifest.samples].filter(isHeld('has')).length);
  await assert.rejects(
    evaluate({ classifier: { ...colour, heads: undefined }, manifest, task: 'has' }),
    /a head for any number of labels an image for task has but received "one"/,
  );
});

const isHeld = (name: string) => (sample: Sample) =>
  sample.task === name && sample.split === 'validation';

test('when tasks are named wrongly, then the error says how', async () => {
  const given = { manifest: severalLabels(), run: path.join(folder, 'no') };
  const refusals: [object, RegExp][] = [
    [{ task: 'has', tasks: ['has'] }, /task cannot be combined with tasks/],
    [{}, /Missing the name of a task for task/],
    [{ tasks: ['has', 'has'] }, /The task has was given twice/],
    [{ tasks: ['hat'] }, /one of colour, isRed, has for task but received "hat"/],
  ];
  for (const [change, message] of refusals) {
    await assert.rejects(train({ ...given, ...change }), message);
  }
});
