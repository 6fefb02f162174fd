/** Targets beyond the label: shared between the classes marked `y` and `m`, and of ordered classes. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import type { Manifest, Sample } from '../../src/dataset/index.js';
import { type EpochRecord, type TrainOptions, train } from '../../src/training/index.js';
import { imagesOf } from '../../src/training/tasks/images.js';
import { LabelTable } from '../../src/training/tasks/label-table.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { smallClassifier } from '../support/small-classifier.js';

const folder = temporaryFolder();
const manifest = await drawPhotos(path.join(folder, 'data'));
const relabelled = (change: (sample: Sample) => Partial<Sample>): Manifest => ({
  ...manifest,
  samples: manifest.samples.map((sample) => ({ ...sample, ...change(sample) })),
});

test('when classes are marked m, then they share their part of the target, also in a mixed image', () => {
  const marks = [[], [2], [0, 2], [1]];
  const samples = marks.map(
    (maybe, index): Sample => ({
      ...(manifest.samples.at(index) as Sample),
      label: index === 3 ? 0 : 1,
      maybe,
    }),
  );
  const part = {
    manifest: { ...manifest, samples },
    tasks: manifest.tasks,
    split: 'train',
    fold: undefined,
  } as const;
  const table = new LabelTable(part, imagesOf(part), { maybe: 0.4 });
  const { targets, weights, labels } = table.targetsOf({
    indices: Int32Array.of(0, 1, 2, 1, -1),
    partners: Int32Array.of(0, 1, 2, 3, -1),
    weights: Float32Array.of(1, 1, 1, 0.25, 1),
  });
  const wanted = [
    [0, 1, 0],
    [0, 0.6, 0.4],
    [0.2, 0.6, 0.2],
    [0.75 * 0.6, 0.25 * 0.6 + 0.75 * 0.4, 0.25 * 0.4],
    [0, 0, 0],
  ].flat();
  wanted.forEach((share, cell) => {
    assert.ok(Math.abs((targets[cell] as number) - share) < 1e-7, `${cell}: ${targets[cell]}`);
  });
  assert.deepEqual([...weights], [1, 1, 1, 1, 0]);
  assert.deepEqual([...labels], [1, 1, 1, 0, -1]);
  // A class that is only marked m is taught, too: it is not empty.
  assert.deepEqual([...new Set(table.classesFor(0))].sort(), [0, 1, 2]);
  assert.deepEqual(table.labelsFor(0), [1, 1, 1, 0]);
});

const base = { task: 'colour', epochs: 1, batchSize: 8, warmUp: 0, seed: 1, learningRate: 0 };
const trained = async (name: string, given: Omit<TrainOptions, 'run'>): Promise<EpochRecord> => {
  const run = path.join(folder, name);
  const { history } = await train({ ...base, ...given, run, classifier: smallClassifier() });
  return history[0] as EpochRecord;
};

test('when the marked class has the whole target, then training learns it, and validation and accuracy keep the label', async () => {
  const next = (label: number) => (label + 1) % 3;
  const marked = relabelled(({ label }) => ({ maybe: [next(label)] }));
  const shared = await trained('shared', { manifest: marked, maybe: 1 });
  const plain = await trained('plain', { manifest: marked });
  const turned = await trained('turned', {
    manifest: relabelled(({ label, split }) => ({
      label: split === 'train' ? next(label) : label,
    })),
  });
  assert.ok(Math.abs(shared.loss - turned.loss) < 1e-6, `${shared.loss}, ${turned.loss}`);
  assert.ok(Math.abs(shared.loss - plain.loss) > 1e-3);
  assert.equal(shared.accuracy, plain.accuracy);
  assert.equal(shared.validationAccuracy, plain.validationAccuracy);
  assert.ok(Math.abs((shared.validationLoss as number) - (plain.validationLoss as number)) < 1e-6);
});

test('when the marks of a run differ as it is resumed, then it is refused; without maybe they do not count', async () => {
  const marked = relabelled(({ label }) => ({ maybe: [(label + 1) % 3] }));
  for (const maybe of [0.2, 0]) {
    const given = { ...base, maybe, run: path.join(folder, `resumed ${maybe}`) };
    await train({ ...given, manifest: marked, classifier: smallClassifier() });
    const again = train({ ...given, manifest, resume: true });
    await (maybe > 0
      ? assert.rejects(again, /the training images of colour are not the same/)
      : again);
  }
});

test('when a task has any number of labels, then maybe is refused', async () => {
  const samples = manifest.samples.map(({ label, ...sample }) => ({
    ...sample,
    label: -1,
    labels: [label],
  }));
  const [{ name, classes }] = manifest.tasks;
  const any = { ...manifest, samples, tasks: [{ name, classes, labels: 'any' }] } as Manifest;
  await assert.rejects(
    train({ ...base, manifest: any, maybe: 0.2, run: path.join(folder, 'any') }),
    /maybe 0.2 cannot be combined with the labels of task colour\. .*: leave maybe out/,
  );
});

test('when classes are ordered, then their loss trains and cross-entropy validates; without an order it is refused', async () => {
  const [task] = manifest.tasks;
  const ordered: Manifest = { ...manifest, tasks: [{ ...task, ordered: { from: 0 } }] };
  const run = path.join(folder, 'ordered');
  const given = { ...base, orderedLoss: 'distance', run } as const;
  const { history } = await train({
    ...given,
    manifest: ordered,
    labelSmoothing: 0,
    classifier: smallClassifier(),
  });
  const plain = await trained('not ordered', { manifest: ordered, labelSmoothing: 0 });
  const [{ loss, validationLoss, accuracy }] = history as [EpochRecord];
  // Answers and labels are about a class apart.
  assert.ok(loss > plain.loss + 0.5, `${loss}, ${plain.loss}`);
  assert.deepEqual([validationLoss, accuracy], [plain.validationLoss, plain.accuracy]);
  await assert.rejects(
    train({
      ...given,
      manifest: { ...ordered, tasks: [{ ...task, ordered: { from: 1 } }] },
      resume: true,
    }),
    /ordered\.colour was 0, is 1/,
  );
  await assert.rejects(
    train({ ...given, manifest }),
    /orderedLoss distance cannot be combined with task colour\. None has ordered classes: .*--ordered TASK/,
  );
});
