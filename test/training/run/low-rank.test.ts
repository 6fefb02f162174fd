/** LoRA on an imported transformer: what is trained, what is saved, and a run that goes on. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { matricesOf } from '../../../src/graph/index.js';
import { type Classifier, loadClassifier, weightsOf } from '../../../src/model/index.js';
import { tf } from '../../../src/tensorflow/index.js';
import { type TrainOptions, train } from '../../../src/training/index.js';
import { LowRank } from '../../../src/training/run/low-rank.js';
import { splitNetwork } from '../../../src/training/run/network.js';
import { assertClose, fixtureNamed, modelOf } from '../../graph/fixture.js';
import { temporaryFolder } from '../../support/folders.js';
import { drawPhotos } from '../../support/photos.js';
import { smallClassifier } from '../../support/small-classifier.js';

const folder = temporaryFolder();
const manifest = await drawPhotos(path.join(folder, 'data'));
const fixture = fixtureNamed('windows');
const features = '/ReduceMean_output_0';

/** A small transformer of windows, with a head for three colours. */
function transformer(): Classifier {
  const trunk = modelOf(fixture, [features]);
  const logits = tf.layers.dense({
    name: 'logits',
    units: 3,
    kernelInitializer: tf.initializers.glorotUniform({ seed: 4 }),
  });
  const output = tf.layers.softmax().apply(logits.apply(trunk.outputs)) as tf.SymbolicTensor;
  const { preprocessing, classes } = smallClassifier();
  return {
    model: tf.model({ inputs: trunk.inputs, outputs: output }),
    preprocessing: { ...preprocessing, resize: 18, crop: 16 },
    classes,
    network: 'windows',
  };
}

const images = tf.randomNormal([2, 16, 16, 3], 0, 1, 'float32', 5);
const values = { loraRank: 2, seed: 1 };

test('when a matrix has factors, then they are of its sides, and the logits begin as they were', () => {
  const classifier = transformer();
  const before = splitNetwork(classifier.model).infer(images);
  const lowRank = new LowRank(classifier, values);
  const sizes = lowRank.variables.map(({ variable }) => variable.size);
  // qkv [24, 8], out [8, 8], merge [8, 32], each with rank · (inputs + outputs).
  assert.deepEqual(sizes, [2 * 8, 2 * 24, 2 * 8, 2 * 8, 2 * 32, 2 * 8]);
  assertClose(splitNetwork(classifier.model).infer(images), before, 'logits', 0);
  lowRank.merge();
});

test('when factors are merged, then the plain model computes what the adapted one did', async () => {
  const { model, ...record } = transformer();
  const kept = weightsOf(model).map(({ values }) => Array.from(values));
  const lowRank = new LowRank({ model, ...record }, values);
  for (const { variable } of lowRank.variables) {
    variable.assign(tf.randomNormal(variable.shape, 0, 0.3, 'float32', variable.size));
  }
  const adapted = model.predict(images) as tf.Tensor;
  await lowRank.merged(async () => {
    const plain = transformer().model;
    plain.setWeights(model.getWeights());
    assertClose(plain.predict(images) as tf.Tensor, adapted, 'while merged', 1e-6);
  });
  assert.deepEqual(
    weightsOf(model).map(({ values }) => Array.from(values)),
    kept,
  );
  lowRank.merge();
  assertClose(model.predict(images) as tf.Tensor, adapted, 'probabilities', 1e-6);
});

test('when a weight is used in another way than by products, then it has no factors', () => {
  const { graph } = fixture;
  const weight = 'attention.qkv.weight';
  const names = (nodes: typeof graph.nodes, outputs = [features]) =>
    matricesOf({ ...graph, nodes }, outputs).map((matrix) => matrix.weight);
  assert.ok(names(graph.nodes).includes(weight));
  const sum = { name: 'sum', operation: 'ReduceSum', inputs: [weight], outputs: ['sum'] };
  const nodes = [...graph.nodes, { ...sum, attributes: {} }];
  assert.ok(names(nodes).includes(weight), 'not needed');
  assert.ok(!names(nodes, [features, 'sum']).includes(weight));
});

const run = (name: string, options: Partial<TrainOptions> = {}) =>
  train({
    ...{
      manifest,
      task: 'colour',
      batchSize: 8,
      seed: 1,
      warmUp: 0,
      epochs: 3,
      learningRate: 0.05,
    },
    ...{
      trainable: 'lora',
      loraRank: 2,
      averageDecay: 0.5,
      clipNorm: 1,
      freezeEpochs: 1,
      stochasticDepth: 0.5,
    },
    ...{ run: path.join(folder, name), classifier: transformer() },
    ...options,
  });

const weightsIn = async (name: string, epoch: 'best' | 'last') => {
  using classifier = await loadClassifier(path.join(folder, name), { epoch });
  const all = weightsOf(classifier.model).map(({ name, values }) => [name, Array.from(values)]);
  return Object.fromEntries(all) as Record<string, number[]>;
};

test('when low-rank factors are trained, then matrices and the head alone move, and the loss falls', async () => {
  const { history, classifier } = await run('whole');
  const losses = history.map(({ loss }) => loss);
  assert.ok((losses[2] as number) < (losses[0] as number), `${losses}`);
  const before = weightsOf(transformer().model);
  const saved = await weightsIn('whole', 'last');
  const moved = before.filter(
    ({ name, values }) => String(saved[name]) !== String(Array.from(values)),
  );
  assert.deepEqual(
    moved.map(({ name }) => name),
    ['attention.qkv', 'attention.out', 'merge']
      .map((name) => `net/${name}.weight`)
      .concat(['logits/kernel', 'logits/bias']),
  );
  const returned = weightsOf(classifier.model);
  for (const { name, values } of returned) {
    assert.deepEqual(Array.from(values), saved[name], name);
  }
});

test('when a run with low-rank factors stops within an epoch, then the resumed run has the same weights', async () => {
  for (const stopAt of [3, 4, 8]) {
    const name = `stopped-${stopAt}`;
    const stop = new AbortController();
    let steps = 0;
    const onProgress = ({ phase }: { phase: string }) => {
      steps += phase === 'train' ? 1 : 0;
      if (steps === stopAt) {
        stop.abort();
      }
    };
    await run(name, { signal: stop.signal, onProgress });
    await run(name, { classifier: undefined, resume: true });
    for (const epoch of ['last', 'best'] as const) {
      assert.deepEqual(await weightsIn(name, epoch), await weightsIn('whole', epoch), name);
    }
  }
});

test('when a network has no matrices before its head, then LoRA is refused before anything is written', async () => {
  await assert.rejects(run('own', { classifier: smallClassifier() }), {
    message:
      'Expected a network with matrices before its head for trainable lora but received "small". LoRA needs an imported transformer: choose trainable biases-and-norms, which fits every network',
  });
  await assert.rejects(run('rank', { trainable: 'head', freezeEpochs: 0 }), {
    message: /loraRank 2 cannot be combined with trainable head/,
  });
  const depth = { trainable: 'all', freezeEpochs: 0, stochasticDepth: 0.5 } as const;
  await assert.rejects(
    run('flat', { ...depth, loraRank: 8, classifier: smallClassifier() }),
    /a network with residual branches for stochasticDepth but received 0\.5\. small has no sum/,
  );
});
