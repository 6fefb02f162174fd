/** Layers of Keras's that tfjs-layers lacks: how they train and are saved. Their outputs are compared in test/import/keras. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { Dropout, saveClassifier } from '../../../src/model/index.js';
import { Conv2D } from '../../../src/model/layers/keras/conv2d.js';
import { GroupNormalization } from '../../../src/model/layers/keras/group-normalization.js';
import { LayerScale } from '../../../src/model/layers/keras/layer-scale.js';
import { Normalization } from '../../../src/model/layers/keras/normalization.js';
import { imageNetCrop, signedPixels } from '../../../src/model/networks/network.js';
import { tf } from '../../../src/tensorflow/index.js';
import { temporaryFolder } from '../../support/folders.js';

const folder = temporaryFolder();

const image = tf.randomNormal([2, 6, 6, 4], 0, 1, 'float32', 1);

function close(actual: tf.Tensor, wanted: tf.Tensor): void {
  assert.deepEqual(actual.shape, wanted.shape);
  assert.ok((actual.sub(wanted).abs().max().dataSync()[0] as number) < 1e-5, `${actual}`);
}

test('when a convolution has groups and a dilation, then it and its gradients are those of its parts', () => {
  const filters = 6;
  const options = {
    filters,
    kernelSize: 3,
    padding: 'same',
    dilationRate: 2,
    useBias: false,
  } as const;
  const layer = new Conv2D({ ...options, groups: 2 });
  layer.build([null, 6, 6, 4]);
  const kernel = layer.kernel.read() as tf.Tensor4D;
  const parts = (x: tf.Tensor, k: tf.Tensor) => {
    const [images, kernels] = [tf.split(x, 2, 3), tf.split(k, 2, 3)] as tf.Tensor4D[][];
    // tfjs has no gradient of a dilated convolution: a kernel with zeros between its weights is one.
    const spread = (k: tf.Tensor4D) => {
      const rows = tf
        .stack([k, tf.zerosLike(k)], 1)
        .reshape([6, 3, 2, 3])
        .slice(0, 5);
      return tf
        .stack([rows, tf.zerosLike(rows)], 2)
        .reshape([5, 6, 2, 3])
        .slice([0, 0], [5, 5]);
    };
    const convolved = images?.map((each, i) =>
      tf.conv2d(each, spread(kernels?.[i] as tf.Tensor4D) as tf.Tensor4D, 1, 'same'),
    );
    return tf.concat(convolved as tf.Tensor4D[], 3);
  };
  close(layer.call(image, {}) as tf.Tensor, parts(image, kernel));
  const weights = tf.randomNormal([2, 6, 6, filters], 0, 1, 'float32', 2);
  const loss = (output: tf.Tensor) => output.mul(weights).sum().asScalar();
  const wanted = tf.grads((x, k) => loss(parts(x, k)))([image, kernel]);
  close(tf.grad((x) => loss(layer.call(x, {}) as tf.Tensor))(image), wanted[0] as tf.Tensor);
  const { grads } = tf.variableGrads(
    () => loss(layer.call(image, {}) as tf.Tensor),
    [kernel as unknown as tf.Variable],
  );
  close(Object.values(grads)[0] as tf.Tensor, wanted[1] as tf.Tensor);
});

test('when a model with such layers is saved and loaded, then it computes the same', async () => {
  const layers = [
    new Conv2D({ filters: 4, kernelSize: 1, groups: 2 }),
    new GroupNormalization({ groups: 2, epsilon: 0.1 }),
    new LayerScale({ initValues: 0.3, projectionDim: 4 }),
    new Normalization({ axis: -1, mean: [1, 2, 3, 4], variance: [4, 3, 2, 1] }),
    tf.layers.globalAveragePooling2d({ keepdims: true } as never),
    tf.layers.activation({ activation: 'hardSilu' as never }),
  ];
  const input = tf.input({ shape: [6, 6, 4] });
  const output = layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input);
  const model = tf.model({ inputs: input, outputs: output });
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
  const loaded = await tf.loadLayersModel(
    tf.io.fromMemory(saved as unknown as tf.io.ModelArtifacts),
  );
  close(loaded.predict(image) as tf.Tensor, model.predict(image) as tf.Tensor);
  assert.deepEqual((model.predict(image) as tf.Tensor).shape, [2, 1, 1, 4]);
});

test('when a classifier is saved, then its file says which layers plain tfjs does not compute, if there are any', async () => {
  const preprocessing = imageNetCrop(32, signedPixels);
  const needsOf = async (...layers: tf.layers.Layer[]) => {
    const input = tf.input({ shape: [32, 32, 4] });
    const output = layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input);
    const model = tf.model({ inputs: input, outputs: output });
    await saveClassifier({ model, classes: ['a', 'b'], preprocessing, network: 'own' }, folder);
    const json = JSON.parse(await readFile(path.join(folder, 'model.json'), 'utf8'));
    return json.userDefinedMetadata.needs;
  };
  const stock = { filters: 4, kernelSize: 1 };
  const plain = [new Conv2D(stock), tf.layers.depthwiseConv2d({ kernelSize: 1 })];
  assert.equal(await needsOf(...plain, tf.layers.globalAveragePooling2d({})), undefined);
  const own = await needsOf(
    new Conv2D({ ...stock, groups: 2 }),
    new LayerScale({ initValues: 0.3, projectionDim: 4 }),
    tf.layers.depthwiseConv2d({ kernelSize: 1, dilationRate: 2 }),
    tf.layers.globalMaxPooling2d({ keepdims: true } as never),
    tf.layers.activation({ activation: 'hardSilu' as never }),
  );
  const names = 'Conv2D, LayerScale, DepthwiseConv2D, GlobalMaxPooling2D, hardSilu';
  assert.equal(own, `Bobbin's loadClassifier: plain tfjs does not compute ${names}.`);
});

test('when groups do not divide the channels or the filters, then they are refused', () => {
  assert.throws(
    () => new Conv2D({ name: 'c', filters: 4, kernelSize: 1, groups: 3 }),
    /^InvalidInputError: Expected a divisor of 4, the filters, for groups of c but received 3$/,
  );
  assert.throws(
    () => new Conv2D({ name: 'c', filters: 6, kernelSize: 1, groups: 3 }).build([null, 1, 1, 4]),
    /divisor of 4, the channels, for groups of c/,
  );
});

test('when dropout has a noise shape, then a keyed step drops whole images', () => {
  const layer = new Dropout({ rate: 0.5, noiseShape: [null, 1, 1, 1] as never });
  const dropoutKey = tf.tensor1d([1, 2], 'int32');
  const dropped = layer.call(tf.ones([32, 3, 3, 2]), { training: true, dropoutKey }) as tf.Tensor;
  const sums = [...dropped.sum([1, 2, 3]).dataSync()];
  assert.deepEqual(new Set(sums), new Set([0, 36]));
});
