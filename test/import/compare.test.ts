/** What imported networks compute, of images in every form, against the model that they were made of. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Imported, largestDifference } from '../../src/import/index.js';
import type { NamedTensors } from '../../src/model/index.js';
import { tf } from '../../src/tensorflow/index.js';

test('when a network has layers, then photos and images in both orders give what the model computes', async () => {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [4, 4, 3], filters: 2, kernelSize: 3, name: 'conv' }),
      tf.layers.globalAveragePooling2d({ name: 'pool' }),
      tf.layers.dense({ units: 3, name: 'dense' }),
    ],
  });
  const weights: NamedTensors = new Map(
    model.weights.map((weight) => {
      const tensor = weight.read();
      const values = tensor.dataSync<'float32'>() as Float32Array;
      return [weight.originalName, { shape: tensor.shape, values }];
    }),
  );
  const mean = [10, 20, 30] as [number, number, number];
  const std = [50, 60, 70] as [number, number, number];
  const network: Imported = {
    record: {
      ...{ format: 'bobbin-network', name: 'net', features: 'pool', notes: [] },
      source: { file: 'net.keras', sha256: '', format: 'keras' },
      preprocessing: { resize: 4, crop: 4, mean, std, channels: 'bgr' },
      sides: { only: 4 },
      layers: model.toJSON(null, false) as object,
    },
    weights,
  };
  const photos = Uint8Array.from({ length: 9 * 48 }, (_, i) => (i * 37) % 256);
  const images = tf.tensor4d(photos, [9, 4, 4, 3], 'int32').reverse(3).toFloat().sub(mean).div(std);
  const result = model.predict(images) as tf.Tensor;
  const outputs = { shape: [9, 3], values: result.dataSync<'float32'>() as Float32Array };
  const firsts = images.transpose([0, 3, 1, 2]);
  const before = tf.memory().numTensors;
  for (const given of [
    { shape: [9, 4, 4, 3], values: photos },
    { shape: [9, 4, 4, 3], values: images.dataSync<'float32'>() as Float32Array },
    { shape: [9, 3, 4, 4], values: firsts.dataSync<'float32'>() as Float32Array },
  ]) {
    const difference = await largestDifference(network, { images: given, outputs }, 'a reference');
    assert.ok(difference < 1e-6, `[${given.shape}]: ${difference}`);
  }
  assert.equal(tf.memory().numTensors, before);
});
