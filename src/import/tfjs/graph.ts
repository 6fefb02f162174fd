/** Turns a tfjs graph model into a graph: TensorFlow's operations become ONNX's, its constants weights. */
import { isObject } from '../../disk/index.js';
import { expected } from '../../errors.js';
import type { Graph, GraphNode } from '../../graph/index.js';
import type { NamedTensors } from '../../model/index.js';
import { tf } from '../../tensorflow/index.js';
import type { ImportedNetwork } from '../format.js';
import type { StoredTensor } from '../onnx/build.js';
import { Copies } from '../onnx/copies.js';
import { networkOf } from '../onnx/network.js';
import { noHead } from '../onnx/notes.js';
import { inOrder } from '../onnx/order.js';
import { usualSide } from '../preprocessing.js';
import { TensorFlowNode } from './nodes.js';
import { type Maker, translations } from './operations.js';

export interface GraphModel {
  /** `modelTopology`, with the list `node`. */
  topology: Record<string, unknown>;
  /** The names of the outputs, if the file has a signature; else they are the nodes whose results no other takes. */
  outputs: string[] | undefined;
  /** The floats and the whole numbers of the file. */
  tensors: NamedTensors;
  integers: ReadonlyMap<string, { shape: readonly number[]; values: readonly number[] }>;
}

const foldedNote =
  'The file has no normalisations, which converters fold into convolutions: fine-tuning trains without them';

/** Operations of TensorFlow that compute nothing: `Placeholder` is an input, `Identity` another name of a value. */
const computeNothing = ['Placeholder', 'Const', 'Identity'];

/** @throws InvalidInputError for operations that Bobbin lacks, and unless there is one image and one output */
export function graphNetwork(model: GraphModel, file: string): ImportedNetwork {
  const list = Array.isArray(model.topology.node) ? model.topology.node : [];
  const nodes = list.map((each) => new TensorFlowNode(each, file));
  const copies = copiesIn(nodes, file);
  for (const node of nodes) {
    node.inputs = node.inputs.map((name) => copies.sourceOf(name));
  }
  const inputs = nodes.filter(({ op }) => op === 'Placeholder');
  const outputs = (model.outputs ?? endsOf(nodes)).map((name) =>
    copies.sourceOf(name.replace(/:0$/, '')),
  );
  const [[input], [output]] = [inputs, outputs];
  if (input === undefined || output === undefined || inputs.length + outputs.length > 2) {
    const received = `${inputs.length} and ${outputs.length}`;
    throw expected('one input and one output', `the graph of ${file}`, received);
  }
  const side = sideOf(list[nodes.indexOf(input)], file);
  const translated = new Translator(model, file);
  for (const node of nodes.filter(({ op }) => !computeNothing.includes(op))) {
    translated.translate(node);
  }
  const { made, tensors } = translated;
  const known = new Set([input.name, ...tensors.keys()]);
  const size = side ?? usualSide;
  const { classes, ...network } = networkOf({
    input: { name: input.name, shape: [null, side, side, 3] },
    nodes: inOrder(made, [output], { known, file }),
    output,
    tensors,
    size,
  });
  return { ...network, notes: notesOn(network.graph, classes), preprocessing: { size } };
}

function notesOn({ nodes }: Graph, classes: number | undefined): string[] {
  const normalizes = nodes.some(({ operation }) => operation === 'BatchNormalization');
  return [...(normalizes ? [] : [foldedNote]), ...(classes === undefined ? [noHead] : [])];
}

/** The values that nodes pass on under another name. */
function copiesIn(nodes: readonly TensorFlowNode[], file: string): Copies {
  const copies = new Copies(file);
  for (const { op, name, inputs } of nodes) {
    if (op === 'Identity' && inputs.length === 1) {
      copies.set(name, inputs[0] as string);
    }
  }
  return copies;
}

function endsOf(nodes: readonly TensorFlowNode[]): string[] {
  const taken = new Set(nodes.flatMap(({ inputs }) => inputs));
  const ends = nodes.filter(({ name, op }) => !taken.has(name) && !computeNothing.includes(op));
  return ends.map(({ name }) => name);
}

/** The side of the images that a node of TensorFlow's operation `Placeholder` takes; null for any. */
function sideOf(json: unknown, file: string): number | null {
  const attribute = isObject(json) && isObject(json.attr) ? json.attr.shape : undefined;
  const shape = isObject(attribute) && isObject(attribute.shape) ? attribute.shape.dim : undefined;
  const sizes = Array.isArray(shape)
    ? shape.map((each) => Number(isObject(each) && each.size))
    : [];
  const [, height = -1, width = -1, channels] = sizes;
  if (sizes.length !== 4 || height !== width || channels !== 3) {
    throw expected('square images, [batch, side, side, 3],', `the input of ${file}`, sizes);
  }
  return height > 0 ? height : null;
}

class Translator implements Maker {
  readonly made: GraphNode[] = [];
  readonly tensors = new Map<string, StoredTensor>();
  /** By the names that values have before their node is translated. */
  private readonly makers = new Map<string, GraphNode>();
  private node!: TensorFlowNode;
  private count = 0;

  constructor(
    { tensors, integers }: GraphModel,
    private readonly file: string,
  ) {
    for (const [name, { shape, values }] of tensors) {
      this.tensors.set(name, { shape, values, dtype: 'float32', isNode: false });
    }
    for (const [name, { shape, values }] of integers) {
      this.tensors.set(name, {
        shape: [...shape],
        values: [...values],
        dtype: 'int32',
        isNode: false,
      });
    }
  }

  translate(node: TensorFlowNode): void {
    const translation = Object.hasOwn(translations, node.op) ? translations[node.op] : undefined;
    if (translation === undefined) {
      const what = `one of ${Object.keys(translations).sort().join(', ')}`;
      throw expected(what, `the operation of the node ${node.name} in ${this.file}`, node.op);
    }
    this.node = node;
    const result = translation(node, this);
    const last = this.makers.get(result) as GraphNode;
    last.outputs = [node.name];
  }

  add(operation: string, inputs: string[], attributes: GraphNode['attributes'] = {}): string {
    const value = this.free();
    const made = { name: this.node.name, operation, inputs, outputs: [value], attributes };
    this.made.push(made);
    this.makers.set(value, made);
    return value;
  }

  constant(node: TensorFlowNode, input: number): number[] {
    const tensor = this.tensors.get(node.inputs[input] ?? '');
    if (tensor === undefined) {
      throw node.refuse('a constant', `input ${input}`, node.inputs[input]);
    }
    return [...tensor.values].map(Number);
  }

  floats(values: number[]): string {
    return this.store({ shape: [], values: new Float32Array(values), dtype: 'float32' });
  }

  integers(values: number[]): string {
    return this.store({ shape: [values.length], values, dtype: 'int32' });
  }

  kernel(node: TensorFlowNode, isDepthwise: boolean): { name: string; groups: number } {
    const stored = this.tensors.get(node.inputs[1] ?? '');
    if (stored?.dtype !== 'float32' || stored.shape.length !== 4) {
      const received = stored?.shape ?? node.inputs[1];
      throw node.refuse('a kernel that is a constant of 4 axes', 'input 1', received);
    }
    const [height, width, channels, filters] = stored.shape as [number, number, number, number];
    const name = `${node.name}/kernel`;
    const turned = tf.tidy(() => {
      const axes = isDepthwise ? [2, 3, 0, 1] : [3, 2, 0, 1];
      return tf
        .tensor(stored.values as Float32Array, stored.shape)
        .transpose(axes)
        .dataSync();
    });
    const shape = isDepthwise
      ? [channels * filters, 1, height, width]
      : [filters, channels, height, width];
    const values = turned as Float32Array;
    this.tensors.set(name, { shape, values, dtype: 'float32', isNode: false } as StoredTensor);
    return { name, groups: isDepthwise ? channels : 1 };
  }

  private store(tensor: object): string {
    const name = this.free();
    this.tensors.set(name, { ...tensor, isNode: true } as StoredTensor);
    return name;
  }

  private free(): string {
    this.count += 1;
    return `${this.node.name}:${this.count}`;
  }
}
