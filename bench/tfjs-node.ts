/** A program of tfjs-node that moves to Bobbin step by step: how many images a second it trains on after each step. */
import { readFile } from 'node:fs/promises';
import { decodeImage } from '#tfjs-node/image.js';
import { createLoader, fit, type Loader, tensors, tf } from '../src/index.js';
import { textTable } from '../src/report/index.js';
import { median } from './results.js';

const size = 128;
const classes = 10;
const batchSize = 32;

interface Sample {
  path: string;
  label: number;
}

function createNetwork(): tf.LayersModel {
  const convolution = (filters: number) =>
    tf.layers.conv2d({ filters, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' });
  const model = tf.sequential({
    layers: [
      tf.layers.inputLayer({ inputShape: [size, size, 3] }),
      ...[16, 32, 64, 128].map(convolution),
      tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
      tf.layers.dense({ units: classes, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(0.01), loss: 'categoricalCrossentropy' });
  return model;
}

/** The images one after another, as programs of tfjs-node read them. */
const decodedInTurn = (samples: Sample[]) =>
  tf.data
    .generator(async function* () {
      for (const { path, label } of samples) {
        const bytes = await readFile(path);
        yield tf.tidy(() => {
          const image = tf.image.resizeBilinear(decodeImage(bytes, 3) as tf.Tensor3D, [size, size]);
          return { xs: image.div(127.5).sub(1), ys: tf.oneHot(label, classes) };
        });
      }
    } as never)
    .batch(batchSize);

type Epoch = (model: tf.LayersModel) => Promise<unknown>;

const ways = (samples: Sample[], loader: Loader): Record<string, Epoch> => ({
  'as with tfjs-node': (model) =>
    model.fitDataset(decodedInTurn(samples) as never, { epochs: 1, verbose: 0 }),
  "1: Bobbin's loader": (model) =>
    model.fitDataset(tensors(loader, { classes }) as never, { epochs: 1, verbose: 0 }),
  "2: and Bobbin's fit": (model) => fit(model, loader, { epochs: 1 }),
});

/** Trains an epoch in each way, in turn, once unmeasured and then `rounds` times; prints the medians. */
export async function compareMoves(files: string[], rounds: number): Promise<void> {
  const samples = files.map((path, i) => ({ path, label: i % classes }));
  const half: [number, number, number] = [127.5, 127.5, 127.5];
  const loader = createLoader({
    samples,
    preprocessing: { resize: size, crop: size, mean: half, std: half, channels: 'rgb' },
    augmentation: { crop: 'center' },
    batchSize,
    shuffle: true,
  });
  const trials = Object.entries(ways(samples, loader)).map(([name, epoch]) => ({
    name,
    epoch,
    model: createNetwork(),
    rates: [] as number[],
  }));
  for (let round = 0; round <= rounds; round++) {
    for (const { epoch, model, rates } of trials) {
      const began = performance.now();
      await epoch(model);
      rates.push((files.length * 1000) / (performance.now() - began));
    }
  }
  loader.close();
  const rows = trials.map(({ name, rates }) => [name, median(rates.slice(1)).toFixed(0)]);
  console.log(textTable(['training', 'images a second'], rows));
}
