/** Builds the trunk of a network from a graph: one layer computes it and has all of its weights. */
import { expected, InvalidInputError } from '../../errors.js';
import { atSide, type Graph, GraphLayer } from '../../graph/index.js';
import type { tf } from '../../tensorflow/index.js';
import type { Naming } from '../weights/namings.js';
import { imageInput } from './builder.js';
import { drawWeights } from './initial-weights.js';
import type { Backbone } from './network.js';

/** A trunk as a graph. */
export interface GraphTrunk {
  graph: Graph;
  /** The value of the graph, [batch, channels], that enters the head. */
  features: string;
  /** The file that has it, for errors. */
  file: string;
}

/** In the model and in the names of its weights: `backbone/layer1.0.conv1.weight`. */
const layerName = 'backbone';

/** @throws InvalidInputError when Bobbin cannot compute the graph, naming the node at fault */
export function graphLayer({ graph, features, file }: GraphTrunk): GraphLayer {
  return explained(file, () => new GraphLayer({ name: layerName, graph, outputs: [features] }));
}

/**
 * The trunk for an input of `size` × `size` pixels; its weights are random, or zeros without a seed.
 *
 * @throws InvalidInputError when Bobbin cannot compute the graph for this size, or cannot draw its weights
 */
export function buildGraph(trunk: GraphTrunk, size: number, seed: number | undefined): Backbone {
  const input = imageInput(size);
  const { graph, features: value } = trunk;
  const sized = explained(trunk.file, () => atSide(graph, [value], size));
  const layer = graphLayer({ ...trunk, graph: sized });
  const features = explained(trunk.file, () => layer.apply(input) as tf.SymbolicTensor);
  if (features.shape.length !== 2) {
    layer.dispose();
    throw expected('features of [batch, channels]', trunk.file, features.shape);
  }
  if (seed !== undefined) {
    drawWeights(layer, seed);
  }
  return { input, features };
}

/** The names and axes of the graph's weights in a file, by their names in the layer. */
export const graphNaming =
  (layer: GraphLayer): Naming =>
  ({ name, shape }) => {
    const weight = layer.fileWeight(name);
    if (weight === undefined) {
      return { name, shape };
    }
    const { axes } = weight;
    const stored = axes.map((_, axis) => shape[axes.indexOf(axis)] as number);
    return { name: weight.name, shape: stored, axes };
  };

/** Names the file in an error of the graph. */
function explained<Result>(file: string, make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    throw new InvalidInputError(`${file}: ${(error as Error).message}`);
  }
}
