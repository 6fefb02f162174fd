/** Adds products of low rank beside the matrices of a graph: LoRA (Hu et al. 2021, https://arxiv.org/abs/2106.09685). */
import type { Graph, GraphNode } from './graph.js';
import { neededNodes } from './program.js';

/** A weight by which the graph only multiplies vectors: y = x · W. */
export interface Matrix {
  /** Its name in the weights file. */
  weight: string;
  /** Lengths of x and y. */
  inputs: number;
  outputs: number;
  /** Whether the file has it as [outputs, inputs]. */
  isTransposed: boolean;
}

/** A node that multiplies by a matrix. */
interface Use {
  node: GraphNode;
  weight: string;
  isTransposed: boolean;
}

/** The matrices that `outputs` need, in the order of their use. One that the graph uses in another way, too, is left out. */
export function matricesOf(graph: Graph, outputs: readonly string[]): Matrix[] {
  const shapes = new Map(graph.weights.map(({ name, shape }) => [name, shape]));
  const matrices = new Map<string, Matrix>();
  for (const { weight, isTransposed } of usesIn(graph, outputs)) {
    const [rows, columns] = shapes.get(weight) as [number, number];
    const [inputs, outputs] = isTransposed ? [columns, rows] : [rows, columns];
    matrices.set(weight, { weight, inputs, outputs, isTransposed });
  }
  return [...matrices.values()];
}

export const factorNames = (weight: string): { down: string; up: string } => ({
  down: `${weight}/down`,
  up: `${weight}/up`,
});

/**
 * The graph with x · W + scale · x · down · up for each x · W. Its weights are those of `graph`, then `down`, [inputs, rank], and
 * `up`, [rank, outputs], of each matrix.
 */
export function withFactors(
  graph: Graph,
  outputs: readonly string[],
  { rank, scale }: { rank: number; scale: number },
): Graph {
  const uses = new Map(usesIn(graph, outputs).map((use) => [use.node, use]));
  const factors = matricesOf(graph, outputs).flatMap(({ weight, inputs, outputs }) => {
    const { down, up } = factorNames(weight);
    return [
      { name: down, shape: [inputs, rank], trainable: true },
      { name: up, shape: [rank, outputs], trainable: true },
    ];
  });
  const scaleName = 'low-rank/scale';
  return {
    ...graph,
    nodes: graph.nodes.flatMap((node) => {
      const use = uses.get(node);
      return use === undefined ? [node] : besideProduct(use, scaleName);
    }),
    weights: [...graph.weights, ...factors],
    constants: {
      ...graph.constants,
      [scaleName]: { dtype: 'float32', shape: [], values: [scale] },
    },
  };
}

/** The product with the matrix, that with its factors, and their sum under the name of the former. */
function besideProduct({ node, weight }: Use, scale: string): GraphNode[] {
  const { down, up } = factorNames(weight);
  const [x, result] = [node.inputs[0], node.outputs[0]] as [string, string];
  const [whole, low, scaled, high] = ['whole', 'low', 'scaled', 'high'].map(
    (part) => `${result}/${part}`,
  ) as [string, string, string, string];
  const then = (operation: string, inputs: string[], output: string): GraphNode => ({
    name: output,
    operation,
    inputs,
    outputs: [output],
    attributes: {},
  });
  return [
    { ...node, outputs: [whole] },
    then('MatMul', [x, down], low),
    then('Mul', [low, scale], scaled),
    then('MatMul', [scaled, up], high),
    then('Add', [whole, high], result),
  ];
}

/** The products with matrices of which each use is such a product, in one orientation. */
function usesIn(graph: Graph, outputs: readonly string[]): Use[] {
  const values = matrixValues(graph);
  const uses: Use[] = [];
  const others = new Set(outputs.map((name) => values.get(name)?.weight));
  const note = (node: GraphNode, at: number, value: Turned) => {
    const turns = at === 0 ? turnsOf(node) : undefined;
    const multiplies = at === 1 ? productOf(node) : undefined;
    if (turns !== undefined) {
      values.set(node.outputs[0] as string, turned(value, turns));
    } else if (multiplies !== undefined) {
      uses.push({ node, ...turned(value, multiplies) });
    } else {
      others.add(value.weight);
    }
  };
  for (const node of neededNodes(graph, outputs)) {
    for (const [at, name] of node.inputs.entries()) {
      const value = values.get(name);
      if (value !== undefined) {
        note(node, at, value);
      }
    }
  }
  const orientation = new Map(uses.map(({ weight, isTransposed }) => [weight, isTransposed]));
  const mixed = uses.filter((use) => use.isTransposed !== orientation.get(use.weight));
  for (const { weight } of mixed) {
    others.add(weight);
  }
  return uses.filter(({ weight }) => !others.has(weight));
}

/** A matrix, turned or not. */
type Turned = Omit<Use, 'node'>;

const matrixValues = ({ weights }: Graph): Map<string, Turned> =>
  new Map(
    weights
      .filter(({ shape, trainable }) => shape.length === 2 && trainable)
      .map(({ name }) => [name, { weight: name, isTransposed: false }]),
  );

const turned = (value: Turned, turns: boolean): Turned => ({
  ...value,
  isTransposed: value.isTransposed !== turns,
});

/** Whether a node turns the matrix that it passes on; undefined if it does something else. */
function turnsOf({ operation, attributes }: GraphNode): boolean | undefined {
  if (operation === 'Identity') {
    return false;
  }
  return operation === 'Transpose' ? String(attributes.perm ?? [1, 0]) === '1,0' : undefined;
}

/** Whether a node multiplies by the turned matrix; undefined if it computes more than x · W and a sum. */
function productOf({ operation, attributes }: GraphNode): boolean | undefined {
  if (operation === 'MatMul') {
    return false;
  }
  const { transA = 0, transB = 0, alpha = 1 } = attributes;
  return operation === 'Gemm' && transA === 0 && alpha === 1 ? transB === 1 : undefined;
}
