/** Fits the positions of a vision transformer, which belong to images of one side, to a network for images of another side. */
import { type Graph, positionsOf, resampled } from '../../graph/index.js';
import type { NamedTensor, NamedTensors } from './format.js';

interface Network {
  graph: Graph;
  /** Values of the graph that are wanted. */
  outputs: readonly string[];
}

/**
 * The tensors, with positions for as many patches as the network has.
 *
 * @param nameOf the name in `tensors` of a weight of the graph; undefined if it is not wanted
 */
export function withPositions(
  tensors: NamedTensors,
  { graph, outputs }: Network,
  nameOf: (weight: string) => string | undefined,
): NamedTensors {
  const others = graph.weights.filter(({ name, shape }) => {
    const found = tensors.get(nameOf(name) ?? '');
    return found !== undefined && String(found.shape) !== String(shape);
  });
  const positions = others.length > 0 ? positionsOf(graph, outputs) : undefined;
  const weight = others.find(({ name }) => name === positions?.weight);
  if (positions === undefined || weight === undefined) {
    return tensors;
  }
  const name = nameOf(weight.name) as string;
  const fitted = inShape(tensors.get(name) as NamedTensor, weight.shape, positions.prefix);
  return new Map(tensors).set(name, fitted);
}

/** The positions in another shape, if they are those of a square of patches and of as many channels. */
function inShape(tensor: NamedTensor, wanted: number[], prefix: number): NamedTensor {
  const [one, rows = 0, channels] = tensor.shape;
  const grid = Math.sqrt(rows - prefix);
  const fits = String([one, channels]) === String([wanted[0], wanted[2]]) && grid >= 1;
  return fits && Number.isInteger(grid)
    ? { shape: wanted, values: resampled(tensor.values, wanted, prefix) }
    : tensor;
}
