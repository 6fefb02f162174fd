/** What the tests of `fit` share: drawn photos, their loaders, and a small network. */
import assert from 'node:assert/strict';
import { type Manifest, resolveSample } from '../../src/dataset/index.js';
import '../../src/model/index.js';
import { createLoader, type Loader, type LoaderOptions } from '../../src/pipeline/index.js';
import { tf } from '../../src/tensorflow/index.js';
import { temporaryFolder } from './folders.js';
import { drawPhotos } from './photos.js';

export const classes = 3;
export const folder = temporaryFolder();
export const manifest: Manifest = await drawPhotos(folder);

export const preprocessing = {
  resize: 24,
  crop: 16,
  mean: [128, 128, 128],
  std: [64, 64, 64],
  channels: 'rgb',
} satisfies LoaderOptions['preprocessing'];

export function loaderOf(
  split: 'train' | 'validation',
  options: Partial<LoaderOptions> = {},
): Loader {
  const samples = manifest.samples
    .filter((sample) => sample.split === split)
    .map((sample) => resolveSample(manifest, sample));
  return createLoader({ samples, preprocessing, batchSize: 5, threads: 2, ...options });
}

export function build(): tf.LayersModel {
  const { layers } = tf;
  const kernelInitializer = tf.initializers.glorotNormal({ seed: 7 });
  return tf.sequential({
    layers: [
      layers.conv2d({
        inputShape: [16, 16, 3],
        filters: 4,
        kernelSize: 3,
        kernelInitializer,
        useBias: false,
      }),
      layers.batchNormalization(),
      layers.reLU(),
      layers.globalAveragePooling2d({}),
      layers.dense({
        units: classes,
        activation: 'softmax',
        kernelInitializer,
        kernelRegularizer: tf.regularizers.l2(),
      }),
    ],
  });
}

export const compiled = (optimizer: tf.Optimizer) => {
  const model = build();
  model.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
};

export function assertClose(actual: number[], expected: number[]): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => {
    assert.ok(Math.abs(value - (expected[i] as number)) < 1e-4, `${actual} is not ${expected}`);
  });
}
