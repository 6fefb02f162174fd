/** Trains a convolutional network with `fitDataset` on 12,000 images of Fashion-MNIST: one epoch reaches 80 % of 2,000 others. */
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { gunzipSync } = require('node:zlib');
const tf = require('@tensorflow/tfjs-node');

const folder = '/usr/share/datasets/fashion-mnist';
const size = 28;
const batchSize = 64;

/** The bytes of an IDX file without its header. */
const read = (name, header) =>
  gunzipSync(fs.readFileSync(path.join(folder, `${name}-ubyte.gz`))).subarray(header);

/** Batches of `count` images, with pixels from 0 to 1, and their classes as one-hot vectors. */
function batches(part, count) {
  const images = read(`${part}-images-idx3`, 16);
  const labels = read(`${part}-labels-idx1`, 8);
  return tf.data.generator(function* () {
    for (let first = 0; first < count; first += batchSize) {
      const last = Math.min(first + batchSize, count);
      yield tf.tidy(() => ({
        xs: tf
          .tensor(images.subarray(first * size * size, last * size * size), [
            last - first,
            size,
            size,
            1,
          ])
          .div(255),
        ys: tf.oneHot(tf.tensor1d(labels.subarray(first, last), 'int32'), 10),
      }));
    }
  });
}

function createModel() {
  const { conv2d, dense, flatten, maxPooling2d } = tf.layers;
  const kernel = (seed) => ({ kernelInitializer: tf.initializers.heNormal({ seed }) });
  const model = tf.sequential({
    layers: [
      conv2d({
        inputShape: [size, size, 1],
        filters: 16,
        kernelSize: 3,
        activation: 'relu',
        ...kernel(1),
      }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ filters: 32, kernelSize: 3, activation: 'relu', ...kernel(2) }),
      maxPooling2d({ poolSize: 2 }),
      flatten(),
      dense({ units: 10, activation: 'softmax', ...kernel(3) }),
    ],
  });
  model.compile({
    optimizer: tf.train.adam(0.003),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

async function main() {
  if (!fs.existsSync(folder)) {
    console.log('skipped: `apt-get install dataset-fashion-mnist` brings its images');
    return;
  }
  const model = createModel();
  await model.fitDataset(batches('train', 12_000), { epochs: 1, verbose: 0 });
  const [, accuracy] = await model.evaluateDataset(batches('t10k', 2_000), {});
  const [reached] = await accuracy.data();
  assert.ok(reached >= 0.8, `Expected an accuracy of at least 0.8 but received ${reached}`);
  console.log(`accuracy ${reached.toFixed(3)}`);
}

void main();
