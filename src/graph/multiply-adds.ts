/** Counts the arithmetic of an operation, from the shapes of its values. */
import type { Node } from './node.js';
import { isHost, shapeOf, sizeOf, type Value } from './values.js';

/**
 * The multiplications, each with its addition, of a convolution or a product of matrices; 0 of any other operation, as papers
 * count.
 *
 * @param inputs in the order of the node's; undefined where an optional one is left out
 */
export function multiplyAdds(
  node: Node,
  inputs: readonly (Value | undefined)[],
  output: Value,
): number {
  if (isHost(output)) {
    return 0;
  }
  const [a = [], b = []] = inputs.map((value) => value && shapeOf(value));
  const results = sizeOf(shapeOf(output));
  switch (node.source.operation) {
    case 'Conv': {
      // [out, in of a group, height, width]: each result is a sum over all but the first.
      const [, ...summed] = b;
      return results * sizeOf(summed);
    }
    case 'MatMul':
      return results * (a.at(-1) as number);
    case 'Gemm':
      return results * (a.at(node.flag('transA', false) ? 0 : 1) as number);
    case 'Einsum':
      return einsumProducts(node.text('equation'), [a, b]);
    default:
      return 0;
  }
}

/** One product for each combination of indices: `bhqd,bhkd->bhqk` has b·h·q·k·d. */
function einsumProducts(equation: string, shapes: readonly number[][]): number {
  const [left = ''] = equation.replaceAll(' ', '').split('->');
  const sides = new Map<string, number>();
  for (const [i, term] of left.split(',').entries()) {
    for (const [axis, letter] of [...term].entries()) {
      sides.set(letter, shapes[i]?.[axis] as number);
    }
  }
  return sizeOf([...sides.values()]);
}
