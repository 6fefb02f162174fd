/** Which sides of images a network takes. */
import { expected } from '../errors.js';
import { atSide, FixedSide, type Graph, Program, positionsOf, withSide } from '../graph/index.js';
import { type NetworkRecord, onlySide } from '../model/index.js';

/** Networks halve the sides of images five times, most of them at once in patches of 4 to 32 pixels: one pixel more is no trial. */
const patch = 32;

/** A graph, with the side of its images if parts of it are made for that side, and the sides that it takes. */
interface Sized {
  graph: Graph;
  sides: NetworkRecord['sides'];
}

/**
 * Whether a graph that takes images of `side` takes larger ones, too: many networks do, though their file was exported with one
 * side alone. A vision transformer does if its positions can be resampled. Nothing is computed.
 *
 * @param features the value that the head takes
 * @throws InvalidInputError when the graph does not give features, [batch, channels], of batches of any length
 */
export function sized(graph: Graph, features: string, side: number): Sized {
  const outputs = [features, ...graph.outputs];
  const program = new Program(graph, outputs);
  const shapesAt = (size: number, batch = 2) => program.shapes([batch, size, size, 3]);
  const shapes = widened(
    () => shapesAt(side),
    () => shapesAt(side, 1),
  );
  const [found = []] = shapes;
  if (found.length !== 2 || found[0] !== 2) {
    const remedy = 'Export the network with its pooling';
    throw expected('features [batch, channels]', `the value ${features}`, found, remedy);
  }
  const takes = (size: number) => isSame(() => shapesAt(size), shapes);
  if (!takes(side + patch)) {
    return fixed(withSide(graph, side), outputs, side);
  }
  if (takes(side + patch + 1)) {
    return { graph, sides: { multipleOf: 1 } };
  }
  return { graph, sides: side % patch === 0 ? { multipleOf: patch } : { only: side } };
}

/** A graph whose shapes are those of one side: other sides need other shapes, and other positions. */
function fixed(graph: Graph, outputs: readonly string[], side: number): Sized {
  const positions = positionsOf(graph, outputs);
  const step = positions === undefined ? patch : side / positions.grid;
  try {
    atSide(graph, outputs, side + step);
    return { graph, sides: side % step === 0 ? { multipleOf: step } : { only: side } };
  } catch (error) {
    if (!(error instanceof FixedSide)) {
      throw error;
    }
    return { graph, sides: { only: side, fixedBy: error.part } };
  }
}

/** The result of `many`. If only `one` works, the file is for batches of one image. */
function widened(many: () => number[][], one: () => number[][]): number[][] {
  try {
    return many();
  } catch {
    one();
    const remedy = 'Export it again with a dynamic first axis (`dynamic_axes`, `dynamic_shapes`)';
    throw expected('batches of any length', 'the network', 'batches of 1 image', remedy);
  }
}

/** Whether other images give outputs of the same shapes. */
function isSame(shapes: () => number[][], wanted: number[][]): boolean {
  try {
    return String(shapes()) === String(wanted);
  } catch {
    return false;
  }
}

/** @throws InvalidInputError if a network of these `sides` takes no images of `side` pixels; `name` is that of the side */
export function checkSide(side: number, sides: NetworkRecord['sides'], name: string): void {
  const fits = 'only' in sides ? side === sides.only : side % sides.multipleOf === 0;
  if (!fits) {
    const what =
      'only' in sides ? onlySide(sides, 'the network') : `a multiple of ${sides.multipleOf}`;
    throw expected(what, name, side);
  }
}
