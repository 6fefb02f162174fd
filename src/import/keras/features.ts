/** Finds where the features of a network end and its head begins. */
import { expected } from '../../errors.js';
import type { Node, Result, Topology } from './topology.js';

/** Layers between the head's weights and the output, or before them, that keep one number for each class or feature. */
const aroundHead = ['Activation', 'Softmax', 'Flatten', 'Reshape', 'Dropout'];

export interface Features {
  topology: Topology;
  /** The name of the layer whose output, [batch, channels], enters the head. */
  features: string;
}

/**
 * The head is the last dense layer, or the last convolution of a single place, with what follows it. A layer that flattens or
 * pools the features is added where their value is an image.
 *
 * @param shapeOf the shape of a result, the batch included
 * @throws InvalidInputError when neither features nor the output are vectors or images
 */
export function withFeatures(
  topology: Topology,
  shapeOf: (result: Result) => (number | null)[],
  { file, notes }: { file: string; notes: Set<string> },
): Features {
  const head = headOf(topology.output);
  const [before] = head ? inputsOf(head) : [];
  const entering = before && skipped(before, ['Dropout']);
  const [, ...places] = entering ? shapeOf(entering) : [];
  if (entering && places.length === 1 && entering.call === 0) {
    return { topology, features: entering.node.name };
  }
  if (entering && places.length === 3 && places[0] === 1 && places[1] === 1) {
    return flattened(topology, entering, places);
  }
  const { output } = topology;
  const rank = shapeOf(output).length;
  if (rank === 2 && output.call === 0) {
    notes.add('The network has no head that Bobbin knows: its output is taken for the features');
    return { topology, features: output.node.name };
  }
  if (rank !== 4) {
    throw expected('features that are vectors or images', file, shapeOf(output));
  }
  notes.add('The network has no head: its features are the means of the channels of its output');
  return pooled(topology);
}

const inputsOf = ({ node, call }: Result): Result[] => node.calls[call] as Result[];

/** The result of the head's weights. */
function headOf(output: Result): Result | undefined {
  const end = skipped(output, aroundHead);
  const { className, config } = end.node;
  const { kernel_size: kernel } = config;
  const isHead = className === 'Dense' || (className === 'Conv2D' && String(kernel) === '1,1');
  return isHead ? end : undefined;
}

/** Goes back from a result to the first that is not of one of these classes. */
function skipped(result: Result, classes: readonly string[]): Result {
  let at = result;
  while (classes.includes(at.node.className)) {
    at = inputsOf(at)[0] as Result;
  }
  return at;
}

/** A layer with a name that no other has. */
function added(
  { nodes }: Topology,
  name: string,
  className: string,
  from: Result,
  config = {},
): Node {
  const names = new Set(nodes.map((node) => node.name));
  let free = name;
  while (names.has(free)) {
    free += '_';
  }
  return { name: free, className, config, calls: [[from]] };
}

/** Flattens an image of one place, and gives the layers after it that image again. */
function flattened(topology: Topology, image: Result, shape: (number | null)[]): Features {
  const flat = added(topology, 'features', 'Flatten', image);
  const config = { target_shape: shape };
  const unflat = added(topology, 'features/image', 'Reshape', { node: flat, call: 0 }, config);
  const instead = (result: Result) =>
    result.node === image.node && result.call === image.call ? { node: unflat, call: 0 } : result;
  const nodes = [...topology.nodes];
  for (const node of nodes) {
    node.calls = node.calls.map((inputs) => inputs.map(instead));
  }
  const place = nodes.indexOf(image.node) + 1;
  nodes.splice(place, 0, flat, unflat);
  return { topology: { ...topology, nodes }, features: flat.name };
}

function pooled(topology: Topology): Features {
  const pool = added(topology, 'features', 'GlobalAveragePooling2D', topology.output);
  const nodes = [...topology.nodes, pool];
  return { topology: { ...topology, nodes, output: { node: pool, call: 0 } }, features: pool.name };
}
