/** Imported networks as models, and what Keras computed with them. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ImportedNetwork } from '../../../src/import/format.js';
import { formatOf } from '../../../src/import/formats.js';
import { tf } from '../../../src/tensorflow/index.js';

export const fixture = (name: string) =>
  fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

const golden: { images: number[]; outputs: Record<string, number[][]> } = JSON.parse(
  readFileSync(fixture('outputs.json'), 'utf8'),
);

export const images = () => tf.tensor(golden.images, [2, 8, 8, 3]);

const networks = new Map<string, Promise<ImportedNetwork>>();

/** What the import command reads from the file `name`. A file is read once: each read starts a thread of its own. */
export function imported(name: string): Promise<ImportedNetwork> {
  const network = networks.get(name) ?? readNetwork(fixture(name));
  networks.set(name, network);
  return network;
}

async function readNetwork(file: string): Promise<ImportedNetwork> {
  const bytes = await readFile(file);
  return formatOf(bytes, file).read(bytes, file);
}

/** The whole model of an imported network, its head included. */
export async function modelOf({ layers, weights }: ImportedNetwork): Promise<tf.LayersModel> {
  const model = await tf.models.modelFromJSON(layers as tf.io.ModelJSON);
  for (const layer of model.layers) {
    const stored = layer.weights.map(({ originalName }) => weights.get(originalName));
    layer.setWeights(stored.map((tensor) => tf.tensor(tensor?.values ?? [], tensor?.shape)));
  }
  return model;
}

/** The greatest difference between the outputs of a model and Keras's for the fixture, relative to the greatest output. */
export function distance(outputs: tf.Tensor, name: string): number {
  const wanted = tf.tensor(golden.outputs[name]?.flat(3) as number[], outputs.shape);
  const [largest] = wanted.abs().max().dataSync();
  const [difference] = outputs.sub(wanted).abs().max().dataSync();
  return (difference as number) / (largest as number);
}
