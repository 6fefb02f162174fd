/** The nodes of an imported network, which a layer computes, with the weights that training gave it. */
import { type GraphLayer, type GraphNode, neededNodes } from '../../graph/index.js';
import { tf } from '../../tensorflow/index.js';
import type { Maker, Stored, Value } from './maker.js';

/** ONNX's numbers of types: those that Bobbin computes in, for those of the file. */
const castTypes: Readonly<Record<number, number>> = {
  ...Object.fromEntries([10, 11, 16].map((type) => [type, 1])),
  ...Object.fromEntries([2, 3, 4, 5, 6, 12, 13].map((type) => [type, 7])),
};

/** Adds what gives the outputs of a layer. The values have the names of the imported file after that of the layer. */
export function graphNodes(layer: GraphLayer, images: Value, maker: Maker): string[] {
  const { graph, outputs } = layer;
  const nodes = neededNodes(graph, outputs);
  const used = new Set([...outputs, ...nodes.flatMap(({ inputs }) => inputs)]);
  const named = (name: string) => (name === '' ? '' : `${layer.name}/${name}`);
  for (const tensor of tensorsOf(layer)) {
    if (used.has(tensor.name)) {
      maker.store({ ...tensor, name: named(tensor.name) });
    }
  }
  const { name, shape } = graph.input;
  const isFirst = shape[1] === 3;
  const values = new Map([[name, isFirst ? images.name : maker.asLayersHave(images)]]);
  const inputOrOwn = (value: string) => values.get(value) ?? named(value);
  for (const node of nodes) {
    maker.addNode(
      writable({ ...node, inputs: node.inputs.map(inputOrOwn), outputs: node.outputs.map(named) }),
    );
  }
  return outputs.map(inputOrOwn);
}

/** All floats are float32, and all whole numbers int64, in the file. */
function writable(node: GraphNode): GraphNode {
  const to = node.attributes.to as number;
  return node.operation === 'Cast' ? { ...node, attributes: { to: castTypes[to] ?? to } } : node;
}

function* tensorsOf(layer: GraphLayer): Generator<Stored> {
  const { graph } = layer;
  for (const [name, { dtype, shape, values }] of Object.entries(graph.constants)) {
    yield { name, dtype, shape, values };
  }
  for (const weight of layer.weights) {
    const own = weight.originalName.slice(layer.name.length + 1);
    const kept = layer.fileWeight(own);
    if (kept !== undefined) {
      const { name, axes } = kept;
      const inFile = axes.map((_, axis) => axes.indexOf(axis));
      const value = tf.tidy(() => weight.read().transpose(inFile));
      yield { name, dtype: 'float32', shape: value.shape, values: value.dataSync() };
      value.dispose();
    }
  }
}
