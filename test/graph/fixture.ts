/** Reads what torch computed for small modules: the fixtures that golden.py writes. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Graph, GraphLayer, type ProgramWeight } from '../../src/graph/index.js';
import { tf } from '../../src/tensorflow/index.js';

interface Encoded {
  shape: number[];
  values: string;
}

/** A pass forwards and backwards, of the sum of output · factors. */
interface Pass {
  output: Encoded;
  gradients: Record<string, Encoded>;
}

export interface Fixture {
  graph: Graph;
  weights: Record<string, Encoded>;
  /** [batch, 3, height, width]. */
  images: Encoded;
  factors: Encoded;
  evaluation: Pass;
  training?: Pass;
  /** Running averages after the pass in training. */
  averages?: Record<string, Encoded>;
}

const folder = path.join(import.meta.dirname, 'fixtures');

export const readZipped = (file: string): unknown =>
  JSON.parse(`${gunzipSync(readFileSync(file))}`);

export const fixtureNames = (): string[] =>
  readdirSync(folder).map((file) => path.basename(file, '.json.gz'));

export const fixtureNamed = (name: string): Fixture =>
  readZipped(path.join(folder, `${name}.json.gz`)) as Fixture;

export function decoded({ shape, values }: Encoded): tf.Tensor {
  const bytes = new Uint8Array(Buffer.from(values, 'base64'));
  return tf.tensor(new Float32Array(bytes.buffer), shape);
}

/** The images as TensorFlow takes them, [batch, height, width, 3]. */
export const imagesOf = ({ images }: Fixture): tf.Tensor => decoded(images).transpose([0, 2, 3, 1]);

export const inFile = (layer: GraphLayer, weight: tf.LayerVariable): ProgramWeight =>
  layer.fileWeight(weight.originalName.slice(layer.name.length + 1)) as ProgramWeight;

/** A tensor of the file with its axes as the layer keeps them. */
export const kept = (tensors: Record<string, Encoded>, { name, axes }: ProgramWeight): tf.Tensor =>
  decoded(tensors[name] as Encoded).transpose(axes);

/** A model of one layer with the weights of the fixture. */
export function modelOf({ graph, weights }: Fixture, outputs = graph.outputs): tf.LayersModel {
  const layer = new GraphLayer({ name: 'net', graph, outputs });
  const input = tf.input({ shape: [...graph.input.shape.slice(2), 3] as number[] });
  const model = tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
  layer.setWeights(layer.weights.map((weight) => kept(weights, inFile(layer, weight))));
  return model;
}

/** By the largest difference, relative to the largest value of those wanted. */
export function assertClose(actual: tf.Tensor, wanted: tf.Tensor, what: string, tolerance = 1e-4) {
  assert.deepEqual(actual.shape, wanted.shape, what);
  const largest = wanted.abs().max().dataSync()[0] as number;
  const difference = actual.sub(wanted).abs().max().dataSync()[0] as number;
  assert.ok(difference <= tolerance * largest, `${what}: ${difference} of at most ${largest}`);
}
