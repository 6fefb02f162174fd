/**
 * Compares networks that Bobbin imported from Keras's files with what Keras computed:
 *
 *     python bench/networks/keras_applications.py FOLDER
 *     node --import tsx bench/networks/keras-applications.ts FOLDER
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { formatOf } from '../../src/import/formats.js';
import { tf } from '../../src/tensorflow/index.js';

const [folder] = process.argv.slice(2) as [string];
/** Of the largest output. */
const tolerance = 1e-5;

for (const name of readdirSync(folder).filter(isModel)) {
  const started = performance.now();
  const stem = path.join(folder, name.slice(0, name.indexOf('.')));
  const result = await judged(path.join(folder, name), stem);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${name}: ${result}, ${seconds} s`);
}

function isModel(name: string): boolean {
  return /(\.keras|\.h5)$/.test(name) && !name.endsWith('.weights.h5');
}

async function judged(file: string, stem: string): Promise<string> {
  const [images, wanted] = ['x', 'y'].map((part) => numpyFloats(`${stem}.${part}.npy`)) as [
    tf.Tensor,
    tf.Tensor,
  ];
  try {
    const outputs = await computed(file, images);
    const [largest] = wanted.abs().max().dataSync<'float32'>() as unknown as [number];
    const [distance] = outputs.sub(wanted).abs().max().dataSync() as unknown as [number];
    const isClose = distance / largest <= tolerance;
    process.exitCode ||= isClose ? 0 : 1;
    const relation = (distance / largest).toExponential(1);
    return `${isClose ? 'agrees' : 'DIFFERS'}, by ${relation} of ${largest.toPrecision(3)}`;
  } catch (error) {
    process.exitCode = 1;
    return `FAILS: ${(error as Error).message}`;
  }
}

async function computed(file: string, images: tf.Tensor): Promise<tf.Tensor> {
  const bytes = readFileSync(file);
  const { layers, weights } = await formatOf(bytes, file).read(bytes, file);
  const model = await tf.models.modelFromJSON(layers as tf.io.ModelJSON);
  for (const layer of model.layers) {
    const tensors = layer.weights.map(({ originalName }) => weights.get(originalName));
    layer.setWeights(tensors.map((tensor) => tf.tensor(tensor?.values ?? [], tensor?.shape)));
  }
  return model.predict(images) as tf.Tensor;
}

/** A float32 array of NumPy's `.npy`, in C order. */
function numpyFloats(file: string): tf.Tensor {
  const bytes = readFileSync(file);
  const start = 10 + bytes.readUInt16LE(8);
  const [, sides = ''] = /'shape': \(([^)]*)\)/.exec(bytes.toString('latin1', 10, start)) ?? [];
  const shape = [...sides.matchAll(/\d+/g)].map(Number);
  return tf.tensor(new Float32Array(new Uint8Array(bytes.subarray(start)).buffer), shape);
}
