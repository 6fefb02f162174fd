/** The network of a classifier that was trained: it needs neither the list nor the folder that the network came from. */
import { expected } from '../errors.js';
import { GraphLayer } from '../graph/index.js';
import type { tf } from '../tensorflow/index.js';
import { type Classifier, inputOfHead } from './classifier.js';
import { buildGraph } from './networks/graph-network.js';
import { type NetworkName, networkNamed, networkNames } from './networks/index.js';
import { buildLayers } from './networks/layers-network.js';
import { atSize, type NamedNetwork, type Network } from './networks/network.js';

/**
 * The network with the preprocessing that it was trained with.
 *
 * @param file where the classifier is from, for errors
 * @throws InvalidInputError for a network that a program made itself
 */
export function networkOfRun(classifier: Classifier, file: string): NamedNetwork {
  const { network: name, preprocessing } = classifier;
  const network: Network = {
    ...(classifier.imported ? trunkOf(classifier, file) : listed(name, file)),
    size: preprocessing.crop,
    preprocessing: (size) => atSize(preprocessing, size),
  };
  return { name, network };
}

function listed(name: string, file: string): Network {
  if (!networkNames.includes(name as NetworkName)) {
    const remedy = `Its network is ${name}: in a program, give its classifier to train`;
    throw expected('a run of a network that Bobbin builds', 'pretrained', file, remedy);
  }
  return networkNamed(name);
}

/** What lies before the head of an imported network, as the saved model has it. */
function trunkOf(
  { model, imported }: Classifier,
  file: string,
): Omit<Network, 'size' | 'preprocessing'> {
  const { features, rate } = inputOfHead(model);
  return { ...imported, dropout: rate, build: builderOf(model, features.sourceLayer, file) };
}

function builderOf(model: tf.LayersModel, last: tf.layers.Layer, file: string): Network['build'] {
  if (last instanceof GraphLayer) {
    const trunk = { graph: last.graph, features: last.outputs[0] as string, file };
    return (size, seed) => buildGraph(trunk, size, seed);
  }
  const trunk = { topology: model.toJSON(null, false), features: last.name, file };
  return (size, seed) => buildLayers(trunk, size, seed);
}
