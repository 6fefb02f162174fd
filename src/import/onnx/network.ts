/** Puts the nodes and the tensors of a graph together to a network. */
import type { Graph, GraphNode } from '../../graph/index.js';
import type { ImportedNetwork } from '../format.js';
import { sized } from '../sides.js';
import type { StoredTensor } from './build.js';
import { featuresOf } from './head.js';
import { weightsAndConstants } from './weights.js';

interface Parts {
  input: Graph['input'];
  /** Those that compute `output`, in an order in which they can run. */
  nodes: GraphNode[];
  /** The value that is the network's result, of its head if it has one. */
  output: string;
  tensors: ReadonlyMap<string, StoredTensor>;
  /** Side of the images in pixels. */
  size: number;
}

/** What a file says of a network by its graph alone. */
interface GraphNetwork extends Pick<ImportedNetwork, 'sides' | 'features' | 'weights'> {
  graph: Graph;
  /** Classes of the head; undefined if none was found. */
  classes: number | undefined;
}

/** @throws InvalidInputError when the graph does not give features, [batch, channels], of batches of any length */
export function networkOf({ input, nodes, output, tensors, size }: Parts): GraphNetwork {
  const features = featuresOf(nodes, output, tensors);
  const all = [...nodes, ...features.nodes];
  const { values: weights, ...kept } = weightsAndConstants(all, tensors);
  const graph = { input, nodes: all, outputs: [output], ...kept };
  return {
    ...sized(graph, features.value, size),
    features: features.value,
    weights,
    classes: features.classes,
  };
}
