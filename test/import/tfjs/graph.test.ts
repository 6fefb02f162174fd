/** tfjs's graph models against tfjs's own executor. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { Program } from '../../../src/graph/index.js';
import { tfjsModel } from '../../../src/import/tfjs/tfjs.js';
import { tf } from '../../../src/tensorflow/index.js';
import { temporaryFolder } from '../../support/folders.js';

const root = temporaryFolder();
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

const nodes = [
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

async function saved(nodesOfModel: object[]): Promise<string> {
  const folder = await mkdtemp(path.join(root, 'graph-'));
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

const read = async (file: string) => tfjsModel.read(await readFile(file), file);

test('when a graph model is imported, then it computes what tfjs does', async () => {
  const file = await saved(nodes);
  const { graph, weights: tensors, features, sides } = await read(file);
  assert.ok(graph !== undefined);
  const images = tf.randomUniform([2, 8, 8, 3], 0, 1, 'float32', 2);
  const program = new Program(graph, graph.outputs);
  const kept = program.weights.map(({ name, axes }) =>
    tf.tensor(tensors.get(name)?.values ?? [], tensors.get(name)?.shape).transpose(axes),
  );
  const outputs = program.run(images, kept)[0] as tf.Tensor;
  const wanted = (await tf.loadGraphModel(`file://${file}`)).predict(images) as tf.Tensor;
  assert.ok(
    (outputs.sub(wanted).abs().max().dataSync()[0] as number) < 1e-6,
    `${outputs} ${wanted}`,
  );
  assert.equal(features, 'mean');
  assert.deepEqual(sides, { multipleOf: 1 });
});

test('when a graph has an operation that is not known, a cycle or a kernel that is computed, then one error names it', async () => {
  const changed = (name: string, change: object) =>
    saved(nodes.map((each) => (each.name === name ? { ...each, ...change } : each)));
  for (const [file, error] of [
    [await changed('pool', { op: 'Sort' }), /operation of the node pool in .* but received "Sort"/],
    [await changed('conv', { input: ['same', 'k', 'b'] }), /results of nodes before it/],
    [
      await changed('depth', { input: ['conv', 'x'] }),
      /kernel that is a constant for input 1 of the node depth/,
    ],
    [await changed('depth', { input: ['conv:1', 'd'] }), /first result of a node/],
  ] as const) {
    await assert.rejects(read(file), error);
  }
});
