/** tfjs's graph models against tfjs's own executor. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { Program } from '../../../src/graph/index.js';
import { tfjsModel } from '../../../src/import/tfjs/tfjs.js';
import { tf } from '../../../src/tensorflow/index.js';
import { temporaryFolder } from '../../support/folders.js';
import { nodes, saveGraph } from './models.js';

const root = temporaryFolder();
const saved = async (nodesOfModel: object[]) =>
  saveGraph(await mkdtemp(path.join(root, 'graph-')), nodesOfModel);
const read = async (file: string) => tfjsModel.read(await readFile(file), file);

test('when a graph model is imported, then it computes what tfjs does', async () => {
  const file = await saved(nodes);
  const { graph, weights: tensors, features, sides, notes } = await read(file);
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
  assert.match(
    notes.join(),
    /^The file has no normalisations, [^:]*: fine-tuning trains without them$/,
  );
});

test('when a graph ends with its features, then a note says that it has no head', async () => {
  const { features, notes } = await read(await saved(nodes.slice(0, -2)));
  assert.equal(features, 'mean');
  assert.match(notes.join(), /No head was found/);
});

test('when a graph has an operation that is not known, a cycle or a kernel that is computed, then one error names it', async () => {
  const changed = (name: string, change: object) =>
    saved(nodes.map((each) => (each.name === name ? { ...each, ...change } : each)));
  for (const [file, error] of [
    [await changed('pool', { op: 'Sort' }), /operation of the node pool in .* but received "Sort"/],
    [await changed('conv', { input: ['same', 'k', 'b'] }), /results of nodes before it/],
    [
      await changed('depth', { input: ['conv', 'x'] }),
      /kernel that is a constant of 4 axes for input 1 of the node depth/,
    ],
    [
      await changed('depth', { input: ['conv', 'm'] }),
      /kernel that is a constant of 4 axes for input 1 of the node depth .* but received \[8,3\]/,
    ],
    [await changed('depth', { input: ['conv:1', 'd'] }), /first result of a node/],
  ] as const) {
    await assert.rejects(read(file), error);
  }
});
