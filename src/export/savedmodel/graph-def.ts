/** Turns the graph of a trace into one that stands alone: with its weights, and for a batch of any length. */
import { type Fields, intsIn, WireReader } from '../../import/index.js';
import { piecesField } from '../../protobuf.js';
import type { FunctionGraph } from '../../tensorflow/index.js';
import { batchNodes, followingNodes, type Integers } from './batch.js';
import { attribute, constantField, nodeField, type Pieces, types } from './nodes.js';

/** The fields of GraphDef, NodeDef and TensorProto that are read. */
const graphFields: Fields = { 1: ['nodes', 'bytes', 'list'], 4: ['versions', 'bytes'] };
const tensorFields: Fields = {
  1: ['type', 'int'],
  2: ['shape', { 2: ['dims', { 1: ['size', 'int'] }, 'list'] }],
  4: ['content', 'bytes'],
  7: ['integers', 'ints'],
};
const nodeFields: Fields = {
  1: ['name', 'text'],
  2: ['op', 'text'],
  5: ['attributes', { 1: ['key', 'text'], 2: ['value', { 8: ['tensor', tensorFields] }] }, 'list'],
};

interface Graph {
  nodes: Buffer[];
  versions?: Buffer;
}

interface Tensor {
  type?: number;
  shape?: { dims?: { size?: number }[] };
  content?: Buffer;
  integers?: Buffer[];
}

interface Node {
  name: string;
  op: string;
  attributes?: { key: string; value: { tensor?: Tensor } }[];
}

const what = 'the graph of TensorFlow';

/**
 * A GraphDef in pieces.
 *
 * @param length of the batch in the trace; see batch.ts
 * @param side of the images in pixels
 */
export function standingAlone(
  { definition, captured, arguments: [images = ''] }: FunctionGraph,
  length: number,
  side: number,
): Pieces {
  const { nodes, versions } = new WireReader(definition, what).message<Graph>(graphFields);
  const weights = new Map(captured.map(({ name, tensor }) => [name, tensor]));
  const made = nodes.flatMap((bytes) => {
    const node = new WireReader(bytes, what).message<Node>(nodeFields);
    const weight = weights.get(node.name);
    if (weight !== undefined) {
      return constantField(node.name, weight);
    }
    if (node.name === images) {
      return imagesNode(images, side);
    }
    const integers = integersOf(node);
    return (integers && followingNodes(integers, length)) ?? piecesField(1, [bytes]);
  });
  return [...made, ...batchNodes(images), ...piecesField(4, versions ? [versions] : [])];
}

const imagesNode = (name: string, side: number): Pieces =>
  nodeField({
    name,
    op: 'Placeholder',
    attributes: {
      dtype: attribute.type('float32'),
      shape: attribute.shape([null, side, side, 3]),
    },
  });

/** The numbers of a constant; undefined if it has others than int32. */
function integersOf({ name, op, attributes = [] }: Node): Integers | undefined {
  const tensor = attributes.find(({ key }) => key === 'value')?.value.tensor;
  if (op !== 'Const' || tensor?.type !== types.int32) {
    return undefined;
  }
  const shape = (tensor.shape?.dims ?? []).map(({ size = 0 }) => size);
  const count = shape.reduce((product, side) => product * side, 1);
  const stored = tensor.content
    ? Array.from({ length: count }, (_, i) => (tensor.content as Buffer).readInt32LE(4 * i))
    : intsIn(tensor.integers ?? [], name);
  // TensorFlow leaves out what repeats the last number.
  const values = Array.from({ length: count }, (_, i) => stored[i] ?? stored.at(-1) ?? 0);
  return { name, shape, values };
}
