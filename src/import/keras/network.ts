/** Puts the layers of a Keras model and the tensors of its file together to a network. */
import { expected } from '../../errors.js';
import type { NamedTensor, NamedTensors } from '../../model/index.js';
import type { tf } from '../../tensorflow/index.js';
import type { ImportedNetwork } from '../format.js';
import { readModel, type Source } from './config.js';
import { withFeatures } from './features.js';
import type { FlatLayer } from './flatten.js';
import { preprocessingOf } from './preprocessing.js';
import { buildModel } from './stored-zeros.js';
import { type Node, type Result, type Topology, topologyJson, topologyOf } from './topology.js';

/** How a file stores a tensor of a layer. */
export interface WeightsFile {
  tensors: NamedTensors;
  /**
   * The name in `tensors` of a layer's weight.
   *
   * @param place among the weights of the layer
   * @param weight what tfjs calls it: `kernel`, …
   */
  nameOf(layer: FlatLayer, place: number, weight: string): string;
}

/**
 * @param json the model's configuration, `{ class_name, config }`
 * @throws InvalidInputError when the model has what Bobbin cannot compute, and when `stored` are not its weights
 */
export async function networkOf(
  json: unknown,
  source: Source,
  stored: WeightsFile,
): Promise<ImportedNetwork> {
  const notes = new Set<string>();
  const topology = topologyOf(readModel(json, source.file), source, notes);
  const { model, anySide } = await build(topology, stored.tensors, source.file);
  try {
    checkUsed(model, topology, source.file);
    const shapeOf = ({ node, call }: Result) =>
      (model.getLayer(node.name).getOutputAt(call) as tf.SymbolicTensor).shape;
    const weights = weightsOf(model, topology.nodes, stored, source.file);
    const preprocessing = preprocessingOf(topology, notes);
    const cut = withFeatures(topology, shapeOf, { file: source.file, notes });
    return {
      sides: anySide ? { multipleOf: stepOf(topology.side) } : { only: topology.side as number },
      features: cut.features,
      notes: [...notes],
      layers: topologyJson(cut.topology, topology.side),
      preprocessing,
      weights,
    };
  } finally {
    model.dispose();
  }
}

/** Networks halve an image five times. Their paddings fit sides that stay whole, if the network's own does. */
const stepOf = (side: number | null): number => (side === null || side % 32 === 0 ? 32 : 1);

/** The model with images of any side, if it allows them, else of its own. */
async function build(
  topology: Topology,
  tensors: NamedTensors,
  file: string,
): Promise<{ model: tf.LayersModel; anySide: boolean }> {
  const numbers = [...tensors.values()].reduce((sum, { values }) => sum + values.length, 0);
  const withSide = async (side: number | null) => ({
    model: await buildModel(topologyJson(topology, side), numbers),
    anySide: side === null,
  });
  try {
    return await withSide(null).catch((error) => {
      if (topology.side === null) {
        throw error;
      }
      return withSide(topology.side);
    });
  } catch (error) {
    throw expected('layers that fit together', file, (error as Error).message);
  }
}

/** tfjs drops a layer, such as one of a model within the model, on which the output does not depend. */
function checkUsed(model: tf.LayersModel, { nodes }: Topology, file: string): void {
  const used = new Set(model.layers.map(({ name }) => name));
  const unused = nodes.flatMap(({ name }) => (used.has(name) ? [] : [name]));
  if (unused.length > 0) {
    const what = 'layers on which the output depends';
    throw expected(what, file, unused.slice(0, mostShown).join(', '), 'Save a model without them');
  }
}

/** The tensors of the file by the names that the model has for them. */
function weightsOf(
  model: tf.LayersModel,
  nodes: readonly Node[],
  { tensors, nameOf }: WeightsFile,
  file: string,
): NamedTensors {
  const weights: NamedTensors = new Map();
  const left = new Set(tensors.keys());
  const faults: string[] = [];
  for (const { name: layer, from } of nodes) {
    for (const [place, { originalName, shape }] of model.getLayer(layer).weights.entries()) {
      const name = nameOf(from as FlatLayer, place, originalName.slice(layer.length + 1));
      const tensor = tensors.get(name);
      left.delete(name);
      if (tensor === undefined || String(tensor.shape) !== String(shape)) {
        const found = tensor === undefined ? 'missing' : `[${tensor.shape}]`;
        faults.push(`${originalName} [${shape}] is ${found}`);
      } else {
        weights.set(originalName, tensor as NamedTensor);
      }
    }
  }
  faults.push(...[...left].map((name) => `${name} [${tensors.get(name)?.shape}] is of no layer`));
  if (faults.length > 0) {
    const shown = faults.slice(0, mostShown).join('; ');
    const more = faults.length > mostShown ? `; and ${faults.length - mostShown} more` : '';
    throw expected('the weights of its layers', file, 'others', `${shown}${more}`);
  }
  return weights;
}

const mostShown = 3;
