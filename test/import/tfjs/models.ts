/** Small models of tfjs, of both kinds. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { tf } from '../../../src/tensorflow/index.js';

/** A model within a model, and a head. */
export function nested(): tf.LayersModel {
  const inner = tf.sequential({ name: 'inner' });
  inner.add(tf.layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 3], name: 'conv' }));
  inner.add(tf.layers.depthwiseConv2d({ kernelSize: 3, activation: 'relu' }));
  const model = tf.sequential();
  model.add(inner);
  model.add(tf.layers.globalAveragePooling2d({ name: 'pool' }));
  model.add(tf.layers.dense({ units: 3, activation: 'softmax' }));
  return model;
}

const text = (words: string) => Buffer.from(words).toString('base64');
const list = (i: number[]) => ({ list: { i: i.map(String) } });
const float = { T: { type: 'DT_FLOAT' } };
const window = {
  strides: list([1, 2, 2, 1]),
  padding: { s: text('SAME') },
  dilations: list([1, 1, 1, 1]),
};
const dim = [-1, 8, 8, 3].map((size) => ({ size: String(size) }));

const weights = [
  { name: 'k', shape: [3, 3, 3, 4], dtype: 'float32' },
  { name: 'b', shape: [4], dtype: 'float32' },
  { name: 'd', shape: [3, 3, 4, 2], dtype: 'float32' },
  { name: 'm', shape: [8, 3], dtype: 'float32' },
  { name: 'axes', shape: [2], dtype: 'int32' },
];

const node = (name: string, op: string, input: string[], attr = {}) => ({
  name,
  op,
  input,
  attr: { ...float, ...attr },
});

/** Of a graph model with convolutions, a pool, a mean and a head. */
export const nodes = [
  node('x', 'Placeholder', [], { shape: { shape: { dim } }, dtype: { type: 'DT_FLOAT' } }),
  ...weights.map(({ name, dtype }) =>
    node(name, 'Const', [], { dtype: { type: dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT' } }),
  ),
  node('conv', '_FusedConv2D', ['x', 'k', 'b'], {
    ...window,
    fused_ops: { list: { s: [text('BiasAdd'), text('Relu6')] } },
    num_args: { i: '1' },
  }),
  node('depth', 'DepthwiseConv2dNative', ['conv', 'd'], { ...window, strides: list([1, 1, 1, 1]) }),
  node('same', 'Identity', ['depth']),
  node('pool', 'MaxPool', ['same'], { ...window, ksize: list([1, 2, 2, 1]) }),
  node('mean', 'Mean', ['pool', 'axes'], { keep_dims: { b: false } }),
  node('logits', 'MatMul', ['mean', 'm']),
  node('y', 'Softmax', ['logits']),
];

/** Saves a graph model of these nodes in `folder`. @returns the path of its model.json */
export async function saveGraph(folder: string, nodesOfModel: object[] = nodes): Promise<string> {
  const floats = weights.slice(0, 4).reduce((n, { shape }) => n + tf.util.sizeFromShape(shape), 0);
  const values = tf.randomNormal([floats], 0, 0.5, 'float32', 1).dataSync();
  const bytes = [Buffer.from(values.buffer.slice(0)), Buffer.from(Int32Array.of(1, 2).buffer)];
  await writeFile(path.join(folder, 'w.bin'), Buffer.concat(bytes));
  const json = {
    format: 'graph-model',
    modelTopology: { node: nodesOfModel, versions: {} },
    weightsManifest: [{ paths: ['w.bin'], weights }],
  };
  const file = path.join(folder, 'model.json');
  await writeFile(file, JSON.stringify(json));
  return file;
}
