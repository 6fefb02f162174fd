/** What is said of networks agrees with what their sources publish. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { describeNetwork, type NetworkRecord, saveNetwork } from '../../src/model/index.js';
import { multiplyAdds } from '../../src/model/multiply-adds.js';
import { tf } from '../../src/tensorflow/index.js';
import { temporaryFolder } from '../support/folders.js';
import { saveGraph } from './networks/imported.js';

// `num_params` and `_ops` of torchvision 0.29, which counts as fvcore does; README of EfficientNet-Lite.
const published: [name: string, millions: number, billions: number][] = [
  ['resnet18', 11.689512, 1.814],
  ['resnet34', 21.797672, 3.664],
  ['resnet50', 25.557032, 4.089],
  ['mobilenet-v2-torch', 3.504872, 0.301],
  ['efficientnet-b0-torch', 5.288548, 0.386],
];

for (const [name, millions, billions] of published) {
  test(`when ${name} is described, then parameters and multiply-adds are torchvision's`, async () => {
    const { numTensors } = tf.memory();
    const { parameters, multiplyAdds: work } = await describeNetwork(name);
    assert.equal(parameters, Math.round(millions * 1e6));
    assert.equal(((work as number) / 1e9).toFixed(3), billions.toFixed(3));
    assert.equal(tf.memory().numTensors, numTensors);
  });
}

test('when an imported network is described, then its file and its own layers count', async (t) => {
  const input = tf.input({ shape: [8, 8, 3] });
  const kernel = tf.layers.conv2d({ filters: 4, kernelSize: 3 }).apply(input);
  const pool = tf.layers.globalAveragePooling2d({ name: 'pooled' }).apply(kernel);
  const model = tf.model({ inputs: input, outputs: pool as tf.SymbolicTensor });
  const record: NetworkRecord = {
    format: 'bobbin-network',
    name: 'tiny',
    source: { file: 'tiny.keras', sha256: '0'.repeat(64), format: 'keras' },
    preprocessing: { resize: 8, crop: 8, mean: [0, 0, 0], std: [1, 1, 1], channels: 'rgb' },
    sides: { only: 8 },
    features: 'pooled',
    notes: [],
    layers: model.toJSON(null, false) as object,
  };
  const folder = path.join(temporaryFolder(t), 'net');
  await saveNetwork(folder, record, new Map());
  assert.deepEqual(await describeNetwork(folder), {
    name: 'tiny',
    origins: ['tiny.keras'],
    size: 8,
    parameters: 3 * 3 * 3 * 4 + 4 + 1000 * (4 + 1),
    multiplyAdds: 6 * 6 * (3 * 3 * 3 * 4) + 1000 * 4,
    top1: undefined,
    weights: {
      file: path.join(folder, 'weights.safetensors'),
      here: true,
      package: undefined,
      bytes: undefined,
      licence: undefined,
    },
  });
});

test('when an imported graph is described, then its convolutions and products count', async (t) => {
  const folder = path.join(temporaryFolder(t), 'net');
  await saveGraph(folder);
  const { numTensors } = tf.memory();
  const { multiplyAdds: work } = await describeNetwork(folder);
  // 32 pixels, with a stride of 2; the head of 1000 classes is in the place of its own.
  assert.equal(work, 16 * 16 * (3 * 3 * 3 * 8) + 1000 * 8);
  assert.equal(tf.memory().numTensors, numTensors);
});

test('when the weights of a layer do not tell its work, then none is said', () => {
  const table = tf.sequential({
    layers: [tf.layers.embedding({ inputDim: 4, outputDim: 2, inputLength: 3 })],
  });
  assert.equal(multiplyAdds(table), undefined);
  const nested = tf.sequential({
    layers: [tf.sequential({ layers: [tf.layers.dense({ units: 5, inputShape: [7] })] })],
  });
  assert.equal(multiplyAdds(nested), 35);
});
