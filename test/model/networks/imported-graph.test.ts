/** Classifiers over the trunk of an imported graph: weights by torch's names, freezing, runs. */
import assert from 'node:assert/strict';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { evaluate } from '../../../src/evaluation/index.js';
import { resampled } from '../../../src/graph/index.js';
import { importNetwork } from '../../../src/import/index.js';
import {
  type Classifier,
  createModel,
  featuresOf,
  loadClassifier,
  type ModelOptions,
  saveClassifier,
} from '../../../src/model/index.js';
import { safetensorsPieces } from '../../../src/model/weights/write-safetensors.js';
import { predict } from '../../../src/prediction/index.js';
import { tf } from '../../../src/tensorflow/index.js';
import { train } from '../../../src/training/index.js';
import { splitNetwork } from '../../../src/training/run/network.js';
import { temporaryFolder } from '../../support/folders.js';
import { drawPhotos } from '../../support/photos.js';
import { graphWeights, saveGraph, tinyGraph, usualRecord } from './imported.js';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const options = { classes: ['a', 'b', 'c'], trainable: 'all', seed: 3 } as const;
const build = (given: Partial<ModelOptions>) =>
  createModel({ ...options, network: at('net'), ...given });

before(() => saveGraph(at('net')));

/** What the graph means, by tfjs's operations. */
function expectedFeatures(images: tf.Tensor4D): tf.Tensor {
  const tensor = (name: string) => {
    const { shape, values } = graphWeights().get(name) as { shape: number[]; values: Float32Array };
    return tf.tensor(values, shape);
  };
  const kernel = tensor('stem.conv.weight').transpose([2, 3, 1, 0]) as tf.Tensor4D;
  const padded = images.pad([
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]) as tf.Tensor4D;
  const [mean, variance, beta, gamma] = ['running_mean', 'running_var', 'bias', 'weight'].map(
    (name) => tensor(`stem.bn.${name}`) as tf.Tensor1D,
  ) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  const normal = tf.batchNorm(
    tf.conv2d(padded, kernel, 2, 'valid'),
    mean,
    variance,
    beta,
    gamma,
    1e-5,
  );
  return normal.relu().mean([1, 2]);
}

const largestDifference = (one: tf.Tensor, other: tf.Tensor): number =>
  one.sub(other).abs().max().dataSync()[0] as number;

test('when a graph is imported, then its weights keep torch’s names, and its features are the graph’s', async () => {
  const { model } = await build({});
  assert.deepEqual(
    model.weights.map(({ originalName }) => originalName),
    [
      'backbone/stem.conv.weight',
      'backbone/stem.bn.weight',
      'backbone/stem.bn.bias',
      'logits/kernel',
      'logits/bias',
      'backbone/stem.bn.running_mean',
      'backbone/stem.bn.running_var',
    ],
  );
  for (const side of [32, 48]) {
    const images = tf.randomUniform([2, side, side, 3], -1, 1, 'float32', 7) as tf.Tensor4D;
    const { model: sized } = await build({ size: side });
    const features = featuresOf({ model: sized }).predict(images);
    assert.ok(largestDifference(features, expectedFeatures(images)) < 1e-6);
  }
});

test('when weights are random, then each is drawn by its operation, and one without a role is refused', async () => {
  const random = { pretrained: false, seed: 5 };
  const { model } = await build(random);
  const values = (name: string) => valuesOf({ model } as Classifier, `backbone/stem.${name}`);
  assert.deepEqual(
    values('conv.weight'),
    valuesOf(await build(random), 'backbone/stem.conv.weight'),
  );
  const deviation = Math.sqrt(tf.moments(values('conv.weight')).variance.dataSync()[0] as number);
  assert.ok(Math.abs(deviation / Math.sqrt(2 / 27) - 1) < 0.15, `${deviation}`);
  assert.deepEqual([values('bn.weight'), values('bn.bias')].flat(), [
    ...Array(8).fill(1),
    ...Array(8).fill(0),
  ]);
  const graph = structuredClone(tinyGraph);
  graph.weights.push({ name: 'positions', shape: [1, 8], trainable: true });
  graph.nodes.splice(5, 0, {
    ...{ name: 'n', operation: 'Add', attributes: {} },
    ...{ inputs: ['flat', 'positions'], outputs: ['moved'] },
  });
  const weights = graphWeights().set('positions', { shape: [1, 8], values: new Float32Array(8) });
  await saveGraph(at('positions'), { graph, features: 'moved' }, weights);
  await build({ network: at('positions') });
  await assert.rejects(
    build({ ...random, network: at('positions') }),
    /Missing an initial value for the weight positions\. .* Leave out --no-pretrained/,
  );
});

test('when only the head is trained, then the graph runs outside the gradient', async () => {
  const { model } = await build({ trainable: 'head' });
  const { variables, frozen } = splitNetwork(model);
  assert.deepEqual(
    variables.map(({ name }) => name),
    ['logits/kernel', 'logits/bias'],
  );
  const images = tf.zeros([1, 32, 32, 3]);
  assert.deepEqual(frozen(images).shape, [1, 8]);
});

test('when a run of an imported graph goes on after its folder has gone, then it evaluates and predicts', async () => {
  const manifest = await drawPhotos(at('data'));
  const run = at('run');
  const { filter: _, fit: __, ...preprocessing } = usualRecord.preprocessing;
  await saveGraph(at('moved'), { preprocessing });
  const training = {
    manifest,
    task: 'colour',
    run,
    batchSize: 8,
    seed: 1,
    learningRate: 0.05,
    averageDecay: 0.5,
    model: { network: at('moved') },
  };
  const first = await train({ ...training, epochs: 1 });
  const before = valuesOf(first.classifier, 'backbone/stem.conv.weight');
  assert.notDeepEqual(before, [...tf.tidy(() => turnedKernel().dataSync())]);
  await rename(at('moved'), at('gone'));
  const { history, classifier } = await train({ ...training, epochs: 2, resume: true });
  assert.equal(history.length, 2);
  assert.notDeepEqual(valuesOf(classifier, 'backbone/stem.bn.running_mean'), before);
  const loaded = await loadClassifier(run);
  assert.equal(loaded.imported?.source.file, 'tiny.onnx');
  const { images: scored } = await evaluate({ classifiers: [loaded], manifest, task: 'colour' });
  assert.equal(scored, 9);
  const files = [path.join(manifest.root, '0-0.jpg')];
  const { probabilities } = await predict({ classifier: loaded, files });
  assert.equal(probabilities.length, 3);
  const next = await createModel({
    classes: ['x', 'y'],
    trainable: 'head',
    seed: 2,
    pretrained: run,
  });
  const name = 'backbone/stem.conv.weight';
  assert.deepEqual(valuesOf(next, name), valuesOf(loaded, name));
});

test('when positions belong to images of another side, then they are resampled, those of a run and of a file alike', async () => {
  const file = path.join(import.meta.dirname, '../../import/onnx/fixtures/vit.onnx');
  const { weights } = await importNetwork(file, { out: at('vit') });
  const classifierOf = (given: Partial<ModelOptions>) => build({ network: at('vit'), ...given });
  const positions = (classifier: Classifier) => valuesOf(classifier, 'backbone/pos_embed');
  const own = positions(await classifierOf({}));
  const large = await classifierOf({ size: 48 });
  const values = Float32Array.from(positions(large));
  assert.deepEqual([own.length, values.length], [17 * 8, 37 * 8]);
  assert.deepEqual([...values.subarray(0, 8)], own.slice(0, 8));
  await saveClassifier(large, at('large'));
  const json = await readFile(at('large/model.json'), 'utf8');
  assert.match(json, /"needs":"Bobbin's loadClassifier: plain tfjs does not compute GraphLayer\."/);
  weights.set('pos_embed', { shape: [1, 37, 8], values });
  await writeFile(at('large.safetensors'), Buffer.concat(safetensorsPieces(weights)));
  const wanted = [...resampled(values, [1, 17, 8], 1)];
  for (const pretrained of [at('large.safetensors'), at('large')]) {
    assert.deepEqual(positions(await classifierOf({ pretrained, size: 32 })), wanted);
  }
  assert.deepEqual(positions(await loadClassifier(at('large'))), [...values]);
});

const turnedKernel = () => {
  const { shape, values } = graphWeights().get('stem.conv.weight') as {
    shape: number[];
    values: Float32Array;
  };
  return tf.tensor(values, shape).transpose([2, 3, 1, 0]);
};

const valuesOf = ({ model }: Classifier, name: string): number[] => [
  ...(model.weights
    .find(({ originalName }) => originalName === name)
    ?.read()
    .dataSync() ?? []),
];
