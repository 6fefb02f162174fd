/** Trains a network on drawn shapes, saves it, and trains a new head on the loaded network's frozen layers for other shapes. */
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const tf = require('@tensorflow/tfjs-node');

const size = 16;

/** Whether a shape of the given radius covers the point at (x, y) from its centre. */
const shapes = {
  disk: (x, y, radius) => Math.hypot(x, y) <= radius,
  square: (x, y, radius) => Math.max(Math.abs(x), Math.abs(y)) <= radius,
  ring: (x, y, radius) => Math.abs(Math.hypot(x, y) - radius) <= 1,
  cross: (x, y, radius) =>
    Math.min(Math.abs(x), Math.abs(y)) <= 1 && Math.max(Math.abs(x), Math.abs(y)) <= radius,
};

/** One picture: a shape of a size and at a place that `index` determines. */
function draw(covers, index) {
  const radius = 3 + (index % 4);
  const [left, top] = [6 + (index % 5), 6 + (index % 3)];
  return Array.from({ length: size * size }, (_, pixel) =>
    covers((pixel % size) - left, Math.floor(pixel / size) - top, radius) ? 1 : 0,
  );
}

/** All 60 pictures of each of two shapes; the label of the second is 1. */
function pictures(names) {
  const drawn = names.flatMap((name) =>
    Array.from({ length: 60 }, (_, index) => draw(shapes[name], index)),
  );
  return {
    xs: tf.tensor4d(drawn.flat(), [drawn.length, size, size, 1]),
    ys: tf.tensor2d(drawn.map((_, index) => [index < 60 ? 0 : 1])),
  };
}

/** Trains until the pictures are told apart, and returns the share that are. */
async function train(model, { xs, ys }, options = {}) {
  model.compile({
    optimizer: tf.train.adam(0.01),
    loss: 'binaryCrossentropy',
    metrics: ['accuracy'],
  });
  const { history } = await model.fit(xs, ys, { epochs: 20, verbose: 0, ...options });
  return history.acc.at(-1);
}

const head = (seed) =>
  tf.layers.dense({
    units: 1,
    activation: 'sigmoid',
    name: `head${seed}`,
    kernelInitializer: tf.initializers.glorotNormal({ seed }),
  });

function createNetwork() {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [size, size, 1],
        filters: 8,
        kernelSize: 5,
        activation: 'relu',
        kernelInitializer: tf.initializers.heNormal({ seed: 1 }),
      }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten({ name: 'features' }),
      head(2),
    ],
  });
}

/** The layers of `base` up to its features, frozen, below a new head. */
function withNewHead(base) {
  for (const layer of base.layers) {
    layer.trainable = false;
  }
  const features = base.getLayer('features').output;
  return tf.model({ inputs: base.inputs, outputs: head(3).apply(features) });
}

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'transfer-'));
  try {
    const network = createNetwork();
    await train(network, pictures(['disk', 'square']), {
      callbacks: tf.node.tensorBoard(folder, { histogramFreq: 1 }),
    });
    await network.save(`file://${folder}/network`);
    const loaded = await tf.loadLayersModel(`file://${folder}/network/model.json`);
    const frozen = loaded.layers[0].getWeights()[0];
    const before = await frozen.data();
    const accuracy = await train(withNewHead(loaded), pictures(['ring', 'cross']));
    assert.deepEqual(await frozen.data(), before);
    assert.ok(accuracy >= 0.95, `Expected an accuracy of at least 0.95 but received ${accuracy}`);
    console.log(`accuracy ${accuracy.toFixed(3)} with frozen layers`);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

void main();
