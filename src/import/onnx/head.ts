/** Finds where the features of a network end and its own head begins. */
import type { GraphNode } from '../../graph/index.js';
import type { StoredTensor } from './build.js';

export interface Features {
  /** The value, [batch, channels], that the head takes. */
  value: string;
  /** What makes it of the graph's values, where no node of the file does. */
  nodes: GraphNode[];
  /** Classes of the head; undefined if the network has none, and gives the features themselves. */
  classes?: number;
}

type Tensors = ReadonlyMap<string, StoredTensor>;
type Makers = ReadonlyMap<string, GraphNode>;

/** Operations behind a head that leave it a head. */
const behindHeads = ['Softmax', 'LogSoftmax', 'Sigmoid', 'Flatten', 'Reshape', 'Squeeze', 'Cast'];
const arithmetic = ['Add', 'Sub', 'Mul', 'Div'];

/** A head: the value that it takes, and its classes. */
interface Head {
  input: string;
  classes: number;
  isConvolution: boolean;
}

/**
 * The head is the last Gemm, MatMul or Conv with a weight of which the output is made by shape, bias and probabilities alone.
 * Of a network with several, whose results are added, all inputs are the features.
 */
export function featuresOf(
  nodes: readonly GraphNode[],
  output: string,
  tensors: Tensors,
): Features {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((value) => [value, node])));
  const heads = headsBehind(output, makers, tensors);
  const [first] = heads;
  if (first === undefined) {
    return { value: output, nodes: [] };
  }
  const made: GraphNode[] = [];
  const step = (operation: string, inputs: string[], attributes: GraphNode['attributes']) => {
    const value = `features:${operation}`;
    made.push({ name: value, operation, inputs, outputs: [value], attributes });
    return value;
  };
  let value = first.input;
  if (heads.length > 1) {
    value = step(
      'Concat',
      heads.map(({ input }) => input),
      { axis: 1 },
    );
  } else if (first.isConvolution) {
    // A convolution of pooled features: [batch, channels, 1, 1].
    value = step('Flatten', [value], { axis: 1 });
  }
  return { value, nodes: made, classes: first.classes };
}

function headsBehind(value: string, makers: Makers, tensors: Tensors, mayBranch = true): Head[] {
  let sources = [value];
  while (sources.length === 1) {
    const node = makers.get(sources[0] as string);
    const head = node && headOf(node, tensors);
    if (node === undefined || head !== undefined) {
      return head === undefined ? [] : [head];
    }
    sources = sourcesOf(node, tensors);
  }
  if (sources.length !== 2 || !mayBranch) {
    return [];
  }
  const branches = sources.map((each) => headsBehind(each, makers, tensors, false));
  return branches.every(({ length }) => length > 0) ? branches.flat() : [];
}

/** The values that a node behind a head takes of it; none if no head is before it. */
function sourcesOf({ operation, inputs }: GraphNode, tensors: Tensors): string[] {
  if (arithmetic.includes(operation)) {
    return inputs.filter((input) => !tensors.has(input));
  }
  return behindHeads.includes(operation) ? inputs.slice(0, 1) : [];
}

/** The node as a head, if one of its inputs is a weight and the other one is computed. */
function headOf({ operation, inputs, attributes }: GraphNode, tensors: Tensors): Head | undefined {
  const [input = '', weight = ''] = inputs;
  const shape = tensors.get(weight)?.shape;
  if (shape === undefined || tensors.has(input)) {
    return undefined;
  }
  const axes: Record<string, number> = {
    Conv: 0,
    Gemm: attributes.transB === 1 ? 0 : 1,
    MatMul: 1,
  };
  const classes = shape[axes[operation] ?? -1];
  return classes === undefined
    ? undefined
    : { input, classes, isConvolution: operation === 'Conv' };
}
