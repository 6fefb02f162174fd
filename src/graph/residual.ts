/** Finds the residual branches of a network: what a sum adds to the value from which it was computed. */
import type { Graph, GraphNode } from './graph.js';
import { neededNodes } from './program.js';

/** A sum of two values of which one is a branch. */
export interface ResidualSum {
  node: GraphNode;
  /** Which of its inputs is the branch. */
  branch: number;
}

/** How a value was computed; undefined for the images. */
export interface Origin<Value> {
  inputs: readonly Value[];
  /** Whether by a kernel or a matrix. */
  learns: boolean;
}

/**
 * Which of two summands is a branch beside the other: it follows from the other one alone, and by a kernel or a matrix, so the
 * network still computes without it. Undefined if neither is.
 */
export function branchOf<Value>(
  [first, second]: readonly [Value, Value],
  originOf: (value: Value) => Origin<Value> | undefined,
): number | undefined {
  if (followsFrom(first, second, originOf)) {
    return 1;
  }
  return followsFrom(second, first, originOf) ? 0 : undefined;
}

function followsFrom<Value>(
  start: Value,
  end: Value,
  originOf: (value: Value) => Origin<Value> | undefined,
): boolean {
  const seen = new Set<Value>([start]);
  const waiting = [end];
  let learns = false;
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (seen.has(value)) {
      continue;
    }
    seen.add(value);
    const origin = originOf(value);
    if (origin === undefined) {
      return false;
    }
    learns ||= origin.learns;
    waiting.push(...origin.inputs);
  }
  return learns;
}

const products = ['Conv', 'Gemm', 'MatMul', 'Einsum'];

/** The residual sums that `outputs` need, in the order of the graph. */
export function residualSums(graph: Graph, outputs: readonly string[]): ResidualSum[] {
  const nodes = neededNodes(graph, outputs);
  /** Of the values that depend on the images. */
  const origins = new Map<string, Origin<string> | undefined>([[graph.input.name, undefined]]);
  const sums: ResidualSum[] = [];
  for (const node of nodes) {
    const given = node.inputs.filter((name) => name !== '');
    const inputs = given.filter((name) => origins.has(name));
    if (inputs.length === 0) {
      continue;
    }
    const [first, second] = inputs;
    if (node.operation === 'Add' && first !== undefined && second !== undefined) {
      const branch = branchOf([first, second], (name) => origins.get(name));
      if (branch !== undefined) {
        sums.push({ node, branch });
      }
    }
    const learns = products.includes(node.operation) && inputs.length < given.length;
    for (const name of node.outputs) {
      origins.set(name, { inputs, learns });
    }
  }
  return sums;
}
