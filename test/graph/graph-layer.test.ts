/** The layer of an imported network: saved models, frozen layers, chosen outputs, steps that learn, and errors. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Graph, GraphLayer } from '../../src/graph/index.js';
import { jit, tf } from '../../src/tensorflow/index.js';
import { temporaryFolder } from '../support/folders.js';
import { assertClose, decoded, fixtureNamed, imagesOf, modelOf } from './fixture.js';

const fixture = fixtureNamed('convolutional');
const images = imagesOf(fixture);
const wanted = decoded(fixture.evaluation.output);

/** The graph of the fixture after a change to it. */
function changed(change: (graph: Graph) => void): Graph {
  const graph = structuredClone(fixture.graph);
  change(graph);
  return graph;
}

test('when a model with an imported network is saved and loaded, then it computes the same', async (t) => {
  const folder = temporaryFolder(t);
  await modelOf(fixture).save(`file://${folder}`);
  const model = await tf.loadLayersModel(`file://${folder}/model.json`);
  assertClose(model.predict(images) as tf.Tensor, wanted, 'output');
  const layer = model.layers[1] as GraphLayer;
  assert.deepEqual(layer.graph, fixture.graph);
});

test('when a layer is frozen, then training uses the running averages and leaves them alone', () => {
  const model = modelOf(fixture);
  const layer = model.layers[1] as GraphLayer;
  layer.trainable = false;
  const before = layer.getWeights().map((weight) => weight.dataSync());
  assertClose(layer.call(images, { training: true }) as tf.Tensor, wanted, 'output');
  layer.getWeights().forEach((weight, i) => {
    assert.deepEqual(weight.dataSync(), before[i]);
  });
});

test('when a value before the end is the output, then the nodes and weights after it are left out', () => {
  const pool = fixture.graph.nodes.find(({ operation }) => operation === 'Flatten');
  const features = pool?.outputs as string[];
  const [both, alone] = [[...features, ...fixture.graph.outputs], features].map((outputs) =>
    modelOf(fixture, outputs),
  ) as [tf.LayersModel, tf.LayersModel];
  assert.deepEqual(
    both.outputs.map(({ shape }) => shape),
    [
      [null, 6],
      [null, 3],
    ],
  );
  const [values, logits] = both.predict(images) as tf.Tensor[];
  assertClose(logits as tf.Tensor, wanted, 'logits');
  assertClose(alone.predict(images) as tf.Tensor, values as tf.Tensor, 'features');
  const names = alone.weights.map(({ originalName }) => originalName);
  assert.ok(names.includes('net/w11.weight') && !names.includes('net/w17.weight'), `${names}`);
});

test('when a network trains for 20 jitted steps, then the loss falls', () => {
  const model = modelOf(fixture);
  const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 0], 'int32'), 3);
  const optimizer = tf.train.sgd(0.02);
  const step = jit((batch: tf.Tensor) =>
    optimizer.minimize(
      () =>
        tf.losses.softmaxCrossEntropy(labels, model.apply(batch, { training: true }) as tf.Tensor),
      true,
      model.trainableWeights.map((weight) => weight.read() as tf.Variable),
    ),
  );
  const losses = Array.from({ length: 20 }, () => step(images)?.dataSync()[0] as number);
  assert.ok((losses[19] as number) < 0.5 * (losses[0] as number), `${losses}`);
  step.dispose();
});

const refused: Record<string, [change: (graph: Graph) => void, error: RegExp]> = {
  'an unknown operation': [
    ({ nodes: [first] }) => Object.assign(first as object, { operation: 'Convv' }),
    /an operation that Bobbin computes for Convv "\/0\/Conv" but received "Convv"\. Did you mean Conv\?/,
  ],
  'an attribute that is not read': [
    ({ nodes: [first] }) => Object.assign(first?.attributes as object, { layout: 1 }),
    /no such attribute for layout of Conv "\/0\/Conv" but received 1/,
  ],
  'an attribute of another kind': [
    ({ nodes: [first] }) => Object.assign(first?.attributes as object, { strides: 2 }),
    /numbers for strides of Conv "\/0\/Conv" but received 2/,
  ],
  'an input that no node gives': [
    ({ nodes: [first] }) => first?.inputs.splice(0, 1, 'image'),
    /a value that comes before for the inputs of Conv "\/0\/Conv" but received "image"\. Did you mean images\?/,
  ],
  'a constant with too few values': [
    ({ constants }) => {
      constants.wrong = { dtype: 'float32', shape: [2, 3], values: [1] };
    },
    /constants with dtype, shape and as many values for constants of a graph/,
  ],
  'a node without inputs': [
    ({ nodes: [first] }) => Object.assign(first as object, { inputs: undefined }),
    /nodes with name, operation, inputs, outputs and attributes for nodes of a graph/,
  ],
  'an input that is no image': [
    ({ input }) => {
      input.shape = [null, 12];
    },
    /images \[batch, 3, height, width\].* for images but received \[null,12\]/,
  ],
};

for (const [what, [change, error]] of Object.entries(refused)) {
  test(`when a graph has ${what}, then the error names it`, () => {
    const graph = changed(change);
    assert.throws(() => new GraphLayer({ name: 'net', graph, outputs: graph.outputs }), error);
  });
}

test('when the configuration of a saved layer is damaged, then the error names the layer', () => {
  for (const graph of [undefined, { name: '{' }, { name: '{"graph":{},"outputs":1}' }]) {
    assert.throws(
      () => GraphLayer.fromConfig(GraphLayer, { name: 'net', graph } as never),
      /configuration of the layer net/,
    );
  }
});

test('when shapes do not fit, then the error names the node', () => {
  const graph = changed(({ weights: [first] }) => first?.shape.splice(1, 1, 5));
  const layer = new GraphLayer({ name: 'net', graph, outputs: graph.outputs });
  assert.throws(
    () => layer.apply(tf.input({ shape: [13, 16, 3] })),
    /5 channels for input 0 of Conv "\/0\/Conv" but received 3/,
  );
});
