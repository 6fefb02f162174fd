/** Compares ResNet50V2 and MobileNetV2 with Keras's, with weights computed on both sides. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createModel } from '../../../src/model/index.js';
import { tf } from '../../../src/tensorflow/index.js';

const { size, ...networks } = JSON.parse(
  readFileSync(new URL('../../fixtures/keras-golden.json', import.meta.url), 'utf8'),
);

// The functions below are those of test/fixtures/make_keras_golden.py.

function* uniform(name: string): Generator<number, never> {
  let start = 0x811c9dc5;
  for (const byte of Buffer.from(name)) {
    start = Math.imul(start ^ byte, 0x01000193);
  }
  for (let i = 0; ; i++) {
    let x = (Math.imul(i, 0x9e3779b1) + start) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    yield ((x ^ (x >>> 16)) >>> 0) / 2 ** 32 - 0.5;
  }
}

function computed(layer: tf.layers.Layer, index: number, shape: number[]): tf.Tensor {
  const [height = 1, width = 1, inputs = 1, outputs] = shape;
  const fan = height * width * (outputs === 1 ? 1 : inputs);
  const scales = layer.getClassName() === 'BatchNormalization' && [0, 3].includes(index);
  const [middle, range] = shape.length === 4 ? [0, Math.sqrt(24 / fan)] : [scales ? 1 : 0, 0.4];
  const from = uniform(`${layer.name}/${index}`);
  const values = Float32Array.from(
    { length: tf.util.sizeFromShape(shape) },
    () => middle + range * from.next().value,
  );
  return tf.tensor(values, shape);
}

function picture(): tf.Tensor4D {
  const pixel = (y: number, x: number, c: number) =>
    (y * 7 + x * 3 + c * 29 + ((y * x) % 31)) % 256;
  const places = Array.from({ length: size * size * 3 }, (_, at) => at);
  const values = places.map(
    (at) => pixel(Math.floor(at / 3 / size), Math.floor(at / 3) % size, at % 3) / 127.5 - 1,
  );
  return tf.tensor4d(values, [1, size, size, 3]);
}

for (const network of ['resnet50-v2', 'mobilenet-v2'] as const) {
  test(`when ${network} has the same weights as Keras's then it has its features`, async () => {
    const { model, preprocessing } = await createModel({
      network,
      classes: ['a', 'b'],
      pretrained: false,
      size,
      trainable: 'all',
      seed: 0,
    });
    const pool = model.getLayer('pool');
    const trunk = tf.model({ inputs: model.inputs, outputs: pool.output as tf.SymbolicTensor });
    for (const layer of trunk.layers) {
      layer.setWeights(layer.getWeights().map(({ shape }, i) => computed(layer, i, shape)));
    }
    const { parameters, trainable, features } = networks[network];
    assert.equal(trunk.countParams(), parameters);
    const learnt = trunk.trainableWeights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    assert.equal(learnt, trainable);
    const output = (trunk.predict(picture()) as tf.Tensor).dataSync();
    const step = output.length / features.length;
    const largest = Math.max(...features);
    features.forEach((wanted: number, i: number) => {
      const value = output[i * step] as number;
      // float32 through fifty convolutions, summed in another order.
      assert.ok(Math.abs(value - wanted) < 2e-5 * largest, `feature ${i * step}: ${value}`);
    });
    assert.deepEqual(preprocessing.mean, [127.5, 127.5, 127.5]);
    assert.deepEqual(preprocessing.std, [127.5, 127.5, 127.5]);
  });
}

const sizeOf = (shape: (number | null)[]) => tf.util.sizeFromShape(shape as number[]);
