/** Classes without training images: left out of the head, and 0 in every answer. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { evaluate } from '../../../src/evaluation/index.js';
import { loadClassifier, weightsOf } from '../../../src/model/index.js';
import { resolveOptions } from '../../../src/options.js';
import { predict } from '../../../src/prediction/index.js';
import { tf } from '../../../src/tensorflow/index.js';
import { type TrainOptions, train } from '../../../src/training/index.js';
import { lossOptions, rowLosses, trainingLoss } from '../../../src/training/loss/options.js';
import { temporaryFolder } from '../../support/folders.js';
import { drawPhotos } from '../../support/photos.js';
import { smallClassifier } from '../../support/small-classifier.js';

const folder = temporaryFolder();
const whole = await drawPhotos(path.join(folder, 'data'));
/** The same without green images to train on; some validate. */
const manifest = {
  ...whole,
  samples: [...whole.samples].filter(({ label, split }) => label !== 1 || split !== 'train'),
};
const run = (name: string, options: Partial<TrainOptions> = {}) =>
  train({
    ...{ manifest, task: 'colour', batchSize: 8, seed: 1, warmUp: 0, epochs: 2 },
    ...{ emptyClasses: 'drop', decayAll: true, run: path.join(folder, name) },
    classifier: smallClassifier(),
    ...options,
  });
const files = [...whole.samples].map((sample) => path.join(whole.root, sample.path));

test('when a class is left out, then the loss is that of the other classes alone, and its logit does not move', () => {
  for (const loss of ['cross-entropy', 'focal'] as const) {
    const values = resolveOptions(lossOptions, { loss });
    const targets = tf.tensor2d([0, 0, 1, 1, 0, 0, 0.3, 0, 0.7], [3, 3]);
    const logits = tf.tensor2d([2, -1e4, 1, 0.5, -1e4, 1, -1, -1e4, 0], [3, 3]);
    const columns = (x: tf.Tensor2D) => tf.gather(x, [0, 2], 1);
    const data = { labels: [0, 2], classes: 3, leftOut: [1] };
    const losses = trainingLoss(values, data);
    const alone = rowLosses(values)(columns(logits), columns(targets));
    assert.deepEqual(losses(logits, targets).arraySync(), alone.arraySync());
    const gradient = tf.grad((x) => losses(x as tf.Tensor2D, targets).sum())(logits);
    const rows = gradient.arraySync() as number[][];
    assert.ok(rows.every(([red, green, blue]) => green === 0 && red !== 0 && blue !== 0));
  }
});

test('when classes without images are left out, then every answer has 0 for them, and the scores count them', async () => {
  const { classifier, history } = await run('dropped');
  const loss = history[1]?.validationLoss as number;
  assert.ok(loss > 0 && loss < 2, `${loss}`);
  using saved = await loadClassifier(path.join(folder, 'dropped'));
  assert.deepEqual([saved.classes, saved.leftOut], [classifier.classes, ['green']]);
  const { probabilities } = await predict({ classifier: saved, files });
  for (let at = 0; at < probabilities.length; at += 3) {
    const [red, green, blue] = [...probabilities.subarray(at, at + 3)] as [number, number, number];
    assert.equal(green, 0);
    assert.ok(Math.abs(red + blue - 1) < 1e-6);
  }
  const { classScores, images } = await evaluate({ classifier: saved, manifest, task: 'colour' });
  assert.equal(images, 9);
  assert.deepEqual(
    classScores.map((score) => score.images),
    [3, 3, 3],
  );
  assert.equal(classScores[1]?.recall, 0);

  const { classifier: other } = await run('kept', { emptyClasses: 'keep' });
  assert.equal(other.leftOut, undefined);
  const mean = await predict({ classifiers: [saved, other], files });
  const alone = await predict({ classifier: other, files });
  for (let at = 1; at < probabilities.length; at += 3) {
    const half = (alone.probabilities[at] as number) / 2;
    assert.ok(half > 0 && Math.abs((mean.probabilities[at] as number) - half) < 1e-7);
  }
});

test('when a class that was left out has images later, then it begins anew', async () => {
  const { classifier } = await run('before');
  const { classifier: later } = await run('after', { classifier, manifest: whole, epochs: 3 });
  assert.equal(later.leftOut, undefined);
  const bias = weightsOf(later.model).find(({ name }) => name === 'logits/bias');
  assert.ok(Array.from(bias?.values ?? []).every((value) => Math.abs(value) < 1));
});

test('when fewer than two classes have training images, then dropping the others is refused', async () => {
  const red = { ...whole, samples: [...whole.samples].filter(({ label }) => label === 0) };
  await assert.rejects(run('red', { manifest: red }), {
    message: /^Expected training images of two classes for task colour but received 1\./,
  });
});
