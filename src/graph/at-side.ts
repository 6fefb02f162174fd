/** Makes the graph of a vision transformer, whose shapes and positions are those of one side of images, one for another side. */
import { expected } from '../errors.js';
import { batch, Change, FixedSide } from './change.js';
import type { Graph } from './graph.js';
import { findPositions, type Positions, type Shapes } from './positions.js';
import { type Observer, Program } from './program.js';
import { isHost, shapeOf } from './values.js';

/** The positions of a graph with images of one side; undefined if it has none. */
export function positionsOf(graph: Graph, outputs: readonly string[]): Positions | undefined {
  const side = sideOf(graph);
  return side === undefined ? undefined : findPositions(graph, shapesAt(graph, outputs, side));
}

/** The graph with `side` as that of its images. */
export const withSide = (graph: Graph, side: number): Graph => {
  const { name, shape } = graph.input;
  return {
    ...graph,
    input: { name, shape: shape.map((each, axis) => (axis > 0 && each !== 3 ? side : each)) },
  };
};

/**
 * The graph for images of another side. The numbers of patches in its shapes change, and the shape of the weight that has
 * their positions. What any other operation means must not depend on the side.
 *
 * @param side in pixels
 * @throws FixedSide that names the weight or the operation which fits no other side
 */
export function atSide(graph: Graph, outputs: readonly string[], side: number): Graph {
  const own = sideOf(graph);
  if (own === undefined || own === side) {
    return graph;
  }
  const before = shapesAt(graph, outputs, own);
  const isSame = (after: Shapes) =>
    outputs.every((name) => String(after.get(name)) === String(before.get(name)));
  if (isPossible(() => isSame(shapesAt(graph, outputs, side)))) {
    return graph;
  }
  const positions = findPositions(graph, before);
  const grid = positions === undefined ? 0 : (positions.grid * side) / own;
  if (!Number.isInteger(grid)) {
    throw expected(
      `a multiple of ${own / (positions as Positions).grid}`,
      'the side of images',
      side,
    );
  }
  const moved = withSide(positions ? withGrid(graph, positions, grid) : graph, side);
  const change = new Change(graph, before, positions && { from: positions.grid, to: grid });
  const after = change.tried(() =>
    shapesAt(moved, outputs, side, (...use) => change.inputsOf(...use)),
  );
  if (!isSame(after)) {
    throw new FixedSide(`an output, ${outputs.join(' or ')},`);
  }
  return { ...moved, ...change.parts(moved) };
}

function isPossible(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

function withGrid(graph: Graph, { weight, prefix }: Positions, grid: number): Graph {
  const weights = graph.weights.map((each) => {
    const [one = 1, , channels = 0] = each.shape;
    return each.name === weight ? { ...each, shape: [one, prefix + grid ** 2, channels] } : each;
  });
  return { ...graph, weights };
}

/** The side of the images; undefined where it may have any length. */
const sideOf = ({ input: { shape } }: Graph): number | undefined => shape[2] ?? undefined;

/** The shapes of weights and of values, but for those that JavaScript computes. */
function shapesAt(
  graph: Graph,
  outputs: readonly string[],
  side: number,
  before?: Observer['before'],
): Shapes {
  const shapes = new Map(graph.weights.map(({ name, shape }) => [name, shape]));
  new Program(graph, outputs).shapes([batch, side, side, 3], {
    ...(before && { before }),
    after({ source }, _, results) {
      source.outputs.forEach((name, i) => {
        const value = results[i];
        if (value !== undefined && !isHost(value)) {
          shapes.set(name, shapeOf(value));
        }
      });
    },
  });
  return shapes;
}
