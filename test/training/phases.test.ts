/** Runs of several phases: a frozen beginning, sizes and strengths that grow, and an early end. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { type Classifier, weightsOf } from '../../src/model/index.js';
import { atStrength, evaluationAugmentation } from '../../src/pipeline/index.js';
import { tf } from '../../src/tensorflow/index.js';
import { type TrainOptions, train } from '../../src/training/index.js';
import { checkedValues } from '../../src/training/plan.js';
import { type Phase, phasesOf } from '../../src/training/run/phases.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { smallClassifier } from '../support/small-classifier.js';

const folder = temporaryFolder();
const manifest = await drawPhotos(path.join(folder, 'data'));
const base = { manifest, task: 'colour', batchSize: 8, seed: 1, warmUp: 0 };

test('when a run freezes and grows, then its phases are those of the formula', () => {
  const given = { epochs: 8, freezeEpochs: 1, stages: 4, startSize: 128, startStrength: 0.25 };
  const { values } = checkedValues(given);
  const phase = ([from, to, size, strength]: number[], trainable = 'all') =>
    ({ from, to, trainable, size, strength }) as Phase;
  assert.deepEqual(phasesOf(values, 224), [
    phase([0, 1, 128, 0.25], 'head'),
    phase([1, 2, 128, 0.25]),
    phase([2, 4, 160, 0.5]),
    phase([4, 6, 192, 0.75]),
    phase([6, 8, 224, 1]),
  ]);
  const plain = checkedValues({ epochs: 3 }).values;
  assert.deepEqual(phasesOf(plain, 224), [phase([0, 3, 224, 1])]);
});

test('when phase options have no meaning together, then they are refused', () => {
  const refusals: [object, RegExp][] = [
    [{ epochs: 2, freezeEpochs: 2 }, /an integer below epochs \(2\) for freezeEpochs/],
    [{ freezeEpochs: 1, trainable: 'head' }, /freezeEpochs 1 cannot be combined with trainable/],
    [{ startSize: 96 }, /startSize or startStrength cannot be combined with stages 1/],
    [{ stages: 2 }, /stages 2 cannot be combined with nothing that grows/],
    [{ epochs: 2, stages: 3, startSize: 96 }, /an integer up to epochs \(2\) for stages/],
    [{ freezeEpochs: 1, warmUp: 1 }, /a number below epochs \(1\) for warmUp/],
  ];
  for (const [options, message] of refusals) {
    assert.throws(() => checkedValues(options), { message });
  }
});

test('when augmentation is weaker, then its amounts are smaller and mirroring stays', () => {
  const given = { ...evaluationAugmentation, flip: 0.5, brightness: 0.4, mixup: 0.2 };
  const full = { ...given, randAugment: 2, randAugmentMagnitude: 9, area: [0.2, 1] };
  const half = { brightness: 0.2, mixup: 0.1, randAugmentMagnitude: 5, area: [0.6, 1] };
  assert.deepEqual(atStrength(full, 0.5), { ...full, ...half });
  assert.equal(atStrength(full, 1), full);
});

/** The weights of a training: of the trunk, and of the head. */
const splitWeights = (model: tf.LayersModel) => {
  const all = weightsOf(model).map(({ name, values }) => ({ name, values: Array.from(values) }));
  const isHead = ({ name }: { name: string }) => name.startsWith('logits/');
  return { trunk: all.filter((each) => !isHead(each)), head: all.filter(isHead) };
};

test('when epochs are frozen, then the trunk moves only after them, and the schedule runs twice', async () => {
  const classifier = smallClassifier();
  const before = splitWeights(classifier.model);
  const options = { ...base, classifier, run: path.join(folder, 'frozen'), epochs: 3 };
  const { history } = await train({
    ...options,
    freezeEpochs: 2,
    onEpoch: ({ epoch }) => {
      const now = splitWeights(classifier.model);
      assert.notDeepEqual(now.head, before.head);
      assert[epoch < 3 ? 'deepEqual' : 'notDeepEqual'](now.trunk, before.trunk);
    },
  });
  const rates = history.map(({ learningRate }) => learningRate);
  // The last of 3 steps in an epoch; 6 steps of the first cycle, and 3 of the second.
  const cosine = (t: number) => 0.01 * (1 + Math.cos(Math.PI * t));
  assert.deepEqual(rates, [cosine(2 / 6), cosine(5 / 6), cosine(2 / 3)]);
});

/** Notes the side of the images that it passes on. */
class Sides extends tf.layers.Layer {
  static className = 'Sides';
  static readonly seen: number[] = [];

  override call(inputs: tf.Tensor | tf.Tensor[], { training }: { training?: boolean }): tf.Tensor {
    const [images] = [inputs].flat() as [tf.Tensor];
    if (training) {
      Sides.seen.push(images.shape[1] as number);
    }
    return images.clone();
  }
}

/** Takes 96 × 96 pixels, which its first layer gets. */
function largerClassifier(first: tf.layers.Layer): Classifier {
  const small = smallClassifier(first);
  return { ...small, preprocessing: { ...small.preprocessing, resize: 108, crop: 96 } };
}

test('when sizes grow, then the steps of each stage get images of its size', async () => {
  tf.serialization.registerClass(Sides as never);
  const inputShape = [96, 96, 3];
  const growing = { epochs: 3, stages: 3, startSize: 32, batchSize: 7 };
  const warnings: string[] = [];
  process.on('warning', ({ message }) => warnings.push(message));
  await run('growing', { ...growing, classifier: largerClassifier(new Sides({ inputShape })) });
  assert.deepEqual([...new Set(Sides.seen)], [32, 64, 96]);
  // The traces of earlier sizes are not kept, of which jit would warn.
  assert.deepEqual(warnings, []);
  const fixed = tf.layers.reshape({ inputShape, targetShape: [96, 96, 3] });
  await assert.rejects(run('fixed', { ...growing, classifier: largerClassifier(fixed) }), {
    message: /^Expected a side of images that small takes .* for startSize but received 32/,
  });
});

const run = (name: string, options: Partial<TrainOptions>) =>
  train({ ...base, run: path.join(folder, name), classifier: smallClassifier(), ...options });

async function weightBytes(name: string): Promise<Buffer> {
  const model = path.join(folder, name, 'model');
  const file = (await readdir(model)).find((each) => each.endsWith('.bin')) as string;
  return readFile(path.join(model, file));
}

test('when a run of several phases stops at any of them, then the resumed run has the same weights', async () => {
  const phases = { epochs: 3, freezeEpochs: 1, stages: 3, startStrength: 0.5, averageDecay: 0.9 };
  const options = { ...phases, augmentation: { brightness: 0.4 } };
  await run('whole', options);
  for (const stopAt of [1, 4, 6]) {
    const name = `stopped-${stopAt}`;
    const stop = new AbortController();
    let steps = 0;
    const onProgress = ({ phase }: { phase: string }) => {
      steps += phase === 'train' ? 1 : 0;
      if (steps === stopAt) {
        stop.abort();
      }
    };
    await run(name, { ...options, signal: stop.signal, onProgress });
    await run(name, { ...options, classifier: undefined, resume: true });
    assert.deepEqual(await weightBytes(name), await weightBytes('whole'), name);
  }
});

test('when no epoch within the patience is better, then the run ends, and is finished', async () => {
  const options = { epochs: 9, learningRate: 10, patience: 2, bestBy: 'loss' as const };
  const { history, best, finished, endedEarly } = await run('patient', options);
  assert.deepEqual([finished, endedEarly], [true, true]);
  assert.equal(history.length, (best?.epoch ?? 0) + 2);
  const losses = history.map(({ validationLoss }) => validationLoss as number);
  assert.equal(best?.validationLoss, Math.min(...losses));
  const again = await run('patient', { ...options, classifier: undefined, resume: true });
  assert.deepEqual([again.wasFinished, again.endedEarly], [true, true]);
});
