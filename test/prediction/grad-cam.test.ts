/** Grad-CAM against the published identity with CAM, differences of the score, and a photo of which the place is known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CutNetwork, classMaps, cutNetwork, gradCam } from '../../src/prediction/index.js';
import { tf } from '../../src/tensorflow/index.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { smallClassifier, smallHeads } from '../support/small-classifier.js';

const windows = tf.randomUniform([3, 32, 32, 3], -1, 1, 'float32', 7);
const classes = [2, 0, 1];

test('when the head is a mean over places and a dense layer, then Grad-CAM is CAM divided by the number of places', async () => {
  const classifier = smallClassifier();
  const network = cutNetwork(classifier) as CutNetwork;
  const maps = network.mapsOf(windows);
  const [, height, width, channels] = maps.shape;
  assert.deepEqual([height, width, channels], [15, 15, 8]);
  const activations = await maps.array();
  const [kernel] = classifier.model.getLayer('logits').getWeights() as [tf.Tensor2D];
  const weights = await kernel.array();
  const found = await classMaps(network, windows, classes).array();
  const places = height * width;
  for (const [image, map] of found.entries()) {
    for (const [y, row] of map.entries()) {
      for (const [x, value] of row.entries()) {
        const cam = (activations[image]?.[y]?.[x] ?? []).reduce(
          (sum, activation, channel) =>
            sum + activation * (weights[channel]?.[classes[image] as number] as number),
          0,
        );
        assert.ok(Math.abs(value - Math.max(0, cam) / places) < 1e-6, `${value} ${cam / places}`);
      }
    }
  }
});

test('when more layers follow the map, then the weights are the derivatives that differences of the score show', async () => {
  const input = tf.input({ shape: [6, 6, 3] });
  const kernel = (seed: number) => tf.initializers.glorotUniform({ seed });
  const map = tf.layers.conv2d({ filters: 2, kernelSize: 3, kernelInitializer: kernel(3) });
  const pooled = tf.layers.flatten().apply(map.apply(input));
  const hidden = tf.layers.dense({ units: 5, activation: 'tanh', kernelInitializer: kernel(5) });
  const logits = tf.layers.dense({ name: 'logits', units: 3, kernelInitializer: kernel(9) });
  const output = tf.layers.softmax().apply(logits.apply(hidden.apply(pooled)));
  const model = tf.model({ inputs: input, outputs: output as tf.SymbolicTensor });
  const network = cutNetwork({ model }) as CutNetwork;
  const image = windows.slice([0, 0, 0, 0], [1, 6, 6, 3]);
  const maps = network.mapsOf(image);
  const step = 1e-2;
  const score = (channel: number, change: number) => {
    const moved = maps.add(tf.oneHot(tf.tensor1d([channel], 'int32'), 2).mul(change));
    return network.logitsOf(moved).dataSync()[1] as number;
  };
  // All 16 places of a channel are moved together, so that the difference is the sum of their derivatives.
  const weights = [0, 1].map(
    (channel) => (score(channel, step) - score(channel, -step)) / (2 * step) / 16,
  );
  const expected = maps.mul(tf.tensor1d(weights)).sum(3).relu().dataSync();
  const found = classMaps(network, image, [1]).dataSync();
  assert.ok(expected.some((value) => value > 0));
  for (const [place, value] of found.entries()) {
    assert.ok(Math.abs(value - (expected[place] as number)) < 1e-4);
  }
});

test('when a classifier has several heads, then each image is looked at by the head of the task, and one that is gone is left out', async (t) => {
  const folder = temporaryFolder(t);
  await drawPhotos(folder, { training: 1, validation: 1 });
  const tasks = ['colour', 'other'].map((name) => ({ name, classes: ['red', 'green', 'blue'] }));
  const images = ['0-0.jpg', 'gone.jpg', '2-1.jpg'].map((name) => ({ path: `${folder}/${name}` }));
  const seen = await gradCam({ classifier: smallHeads(tasks), task: 'other', images, classes });
  assert.deepEqual(
    seen?.map((each) => each && [each.pixels.length, each.map.length]),
    [[32 * 32 * 3, 15 * 15], undefined, [32 * 32 * 3, 15 * 15]],
  );
});

test('when a network has no map, then there is no answer', async () => {
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [32, 32, 3] }),
      tf.layers.dense({ units: 3, name: 'logits' }),
      tf.layers.softmax(),
    ],
  });
  assert.equal(cutNetwork({ model }), undefined);
});
