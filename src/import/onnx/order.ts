/** Orders the nodes of an ONNX graph so that each follows those whose results it takes, and leaves out those not needed. */
import { expected, missing } from '../../errors.js';
import type { GraphNode } from '../../graph/index.js';
import { damaged } from './wire.js';

/**
 * The nodes that `outputs` need, depth first, each after those whose results it takes.
 *
 * @param known names of values that no node makes: the input, weights and constants
 * @throws InvalidInputError for a value that nothing makes or two nodes make, and for nodes that need their own results
 */
export function inOrder(
  nodes: readonly GraphNode[],
  outputs: readonly string[],
  { known, file }: { known: ReadonlySet<string>; file: string },
): GraphNode[] {
  const makers = makersOf(nodes, known, file);
  const makerOf = (value: string, taker: string): GraphNode[] => {
    const maker = makers.get(value);
    if (maker === undefined && value !== '' && !known.has(value)) {
      throw missing(`the value ${value}`, taker, damaged);
    }
    return maker === undefined ? [] : [maker];
  };
  const begun = new Set<GraphNode>();
  const done = new Set<GraphNode>();
  const stack = outputs.flatMap((value) => makerOf(value, `the outputs of ${file}`)).reverse();
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    if (begun.has(node)) {
      done.add(node);
      stack.pop();
      continue;
    }
    begun.add(node);
    const name = `the node ${node.name} of ${file}`;
    const sources = node.inputs.flatMap((value) => makerOf(value, name)).reverse();
    for (const source of sources.filter((each) => !done.has(each))) {
      if (begun.has(source)) {
        throw expected(
          'results of nodes before it',
          name,
          `that of ${source.name}`,
          'A graph has no cycles',
        );
      }
      stack.push(source);
    }
  }
  return [...done];
}

function makersOf(
  nodes: readonly GraphNode[],
  known: ReadonlySet<string>,
  file: string,
): Map<string, GraphNode> {
  const makers = new Map<string, GraphNode>();
  for (const node of nodes) {
    for (const value of node.outputs.filter((each) => each !== '')) {
      if (makers.has(value) || known.has(value)) {
        const name = `the value ${value} of ${file}`;
        throw expected('one node that makes it', name, `${node.name}, too`, damaged);
      }
      makers.set(value, node);
    }
  }
  return makers;
}
