/** What a stranger would write first: draw photos into the folder given, load them, train one epoch. */
import path from 'node:path';
import {
  createLoader,
  loadManifest,
  prepare,
  resolveSample,
  samplesOf,
  synthesize,
  tensors,
  tf,
} from 'bobbin';

const folder = process.argv[2];
const task = 'collar_design_labels';
const photos = path.join(folder, 'photos');
const data = path.join(folder, 'data');
await synthesize(photos, {
  imagesPerTask: 20,
  questionsPerTask: 2,
  tasks: [task],
  size: 96,
  seed: 1,
});
await prepare(photos, { out: data, seed: 1 });
const manifest = await loadManifest(data);
const classes = manifest.tasks[0].classes.length;
const loader = createLoader({
  samples: samplesOf(manifest, task, 'train').map(({ path: name, label }) => ({
    path: resolveSample(manifest, name),
    label,
  })),
  preprocessing: {
    resize: 40,
    crop: 32,
    mean: [127, 127, 127],
    std: [128, 128, 128],
    channels: 'rgb',
  },
  batchSize: 4,
});
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ inputShape: [32, 32, 3], filters: 4, kernelSize: 3, activation: 'relu' }),
    tf.layers.globalAveragePooling2d({}),
    tf.layers.dense({ units: classes, activation: 'softmax' }),
  ],
});
model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
const { history } = await model.fitDataset(tensors(loader, { classes }), { epochs: 1, verbose: 0 });
await loader.close();
const [loss] = history.loss;
if (!(loss > 0 && loss < 100)) throw new Error(`Expected a finite loss but received ${loss}`);
console.log(JSON.stringify({ node: process.version, backend: tf.getBackend(), loss }));
