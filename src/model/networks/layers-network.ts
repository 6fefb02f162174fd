/** Builds the trunk of a network from the topology of a layers model: what lies before the features, and nothing else. */
import { isObject } from '../../disk/index.js';
import { expected, missing } from '../../errors.js';
import { native } from '../../native.js';
import { tf } from '../../tensorflow/index.js';
import { isHeadName } from '../heads.js';
import type { Naming } from '../weights/namings.js';
import type { Backbone } from './network.js';

/** A trunk in JSON. */
interface LayersTrunk {
  /** As tfjs's `modelFromJSON` takes it. */
  topology: unknown;
  /** The layer whose output, [batch, channels], enters the head. */
  features: string;
  /** The file that has it, for errors. */
  file: string;
}

/** One layer of a topology, in the snake case of JSON. */
interface LayerJson {
  name: string;
  config: Record<string, unknown>;
  /** The inputs of each of its calls; layers of a sequential model have none. */
  inbound_nodes?: Inbound[][];
}

/** The name of a layer; which of its calls, which output, and perhaps arguments. */
type Inbound = [layer: string, ...rest: unknown[]];

interface Topology {
  class_name: string;
  config: { layers: LayerJson[]; input_layers?: Inbound[]; output_layers?: Inbound[] };
}

/**
 * The trunk for an input of `size` × `size` pixels, with initial weights as its layers ask for them, or zeros without a seed.
 *
 * @throws InvalidInputError when the topology is none that tfjs can build, or has no such features
 */
export async function buildLayers(
  { topology, features, file }: LayersTrunk,
  size: number,
  seed: number | undefined,
): Promise<Backbone> {
  const trunk = trunkOf(checkedTopology(topology, file), features, file);
  for (const [index, { config }] of trunk.config.layers.entries()) {
    setInitializers(config, seed === undefined ? undefined : seed + index);
  }
  const input = trunk.config.layers.find(({ config }) => config.batch_input_shape !== undefined);
  if (input !== undefined) {
    input.config.batch_input_shape = [null, size, size, 3];
  }
  // An addon that cannot be loaded is no fault of the file.
  native();
  const model = await modelOf(trunk, file);
  const [inputs, outputs] = [model.inputs, model.outputs];
  if (inputs.length !== 1 || outputs.length !== 1 || outputs[0]?.shape.length !== 2) {
    const shapes = outputs.map(({ shape }) => shape);
    model.dispose();
    throw expected('one image and features of [batch, channels]', file, shapes);
  }
  return { input: inputs[0] as tf.SymbolicTensor, features: outputs[0] };
}

/** The names of weights in a topology, from their names in the network that {@link buildLayers} makes of it. */
export const trunkNaming: Naming = ({ layer, name, shape }) => ({
  name: `${fileName(layer)}/${name}`,
  shape,
});

/** The layers that the features do not need: those of its own head. */
export function layersAfter({ topology, features, file }: LayersTrunk): string[] {
  const whole = checkedTopology(topology, file);
  const needed = new Set(trunkOf(whole, features, file).config.layers.map(({ name }) => name));
  const names = whole.config.layers.map(({ name }) => name);
  return names.filter((name) => !needed.has(ownName(name)));
}

/** A layer of the trunk may be called as one of the head: it gets another name. */
const ownName = (name: string): string => (isHeadName(name) ? `${name}${renamed}` : name);
const renamed = '_of_trunk';
const fileName = (name: string): string =>
  name.endsWith(renamed) ? name.slice(0, -renamed.length) : name;

async function modelOf(trunk: Topology, file: string): Promise<tf.LayersModel> {
  try {
    return await tf.models.modelFromJSON(trunk as unknown as tf.io.ModelJSON);
  } catch (error) {
    throw expected('layers that tfjs can build', file, (error as Error).message);
  }
}

/** A copy that can be changed. */
function checkedTopology(given: unknown, file: string): Topology {
  const topology = structuredClone(given);
  const layers = isObject(topology) && isObject(topology.config) && topology.config.layers;
  const isWhole =
    Array.isArray(layers) &&
    layers.every(
      (layer) =>
        isObject(layer) &&
        isObject(layer.config) &&
        [layer.inbound_nodes ?? []].every((calls) => Array.isArray(calls) && calls.every(isCall)),
    );
  if (!isWhole) {
    throw expected('a topology with layers', file, given);
  }
  for (const layer of layers) {
    layer.name ??= layer.config.name;
  }
  return topology as unknown as Topology;
}

const isCall = (inputs: unknown): boolean =>
  Array.isArray(inputs) && inputs.every((input) => Array.isArray(input));

/** The layers that the features depend on, under names that no head has. */
function trunkOf({ class_name, config }: Topology, features: string, file: string): Topology {
  const at = config.layers.findIndex(({ name }) => name === features);
  if (at < 0) {
    throw missing(`a layer ${features}, the features,`, file);
  }
  if (config.output_layers === undefined) {
    const layers = config.layers.slice(0, at + 1).map(withOwnNames);
    return { class_name, config: { ...config, layers } };
  }
  const needed = ancestors(config.layers, features);
  return {
    class_name,
    config: {
      ...config,
      layers: config.layers.filter(({ name }) => needed.has(name)).map(withOwnNames),
      input_layers:
        config.input_layers?.filter(([name]) => needed.has(name)).map(withOwnName) ?? [],
      output_layers: [[ownName(features), 0, 0]],
    },
  };
}

/** The names of a layer and of all that it depends on. */
function ancestors(layers: LayerJson[], last: string): Set<string> {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const found = new Set([last]);
  // A set's iterator also visits what is added meanwhile.
  for (const name of found) {
    for (const [input] of byName.get(name)?.inbound_nodes?.flat() ?? []) {
      found.add(input);
    }
  }
  return found;
}

const withOwnName = ([name, ...rest]: Inbound): Inbound => [ownName(name), ...rest];

function withOwnNames({ name, config, inbound_nodes: calls, ...rest }: LayerJson): LayerJson {
  return {
    ...rest,
    name: ownName(name),
    config: { ...config, name: ownName(name) },
    ...(calls && { inbound_nodes: calls.map((inputs) => inputs.map(withOwnName)) }),
  };
}

/** Of initializers that draw: without a seed of their own they would draw anew each time. */
function setInitializers(config: Record<string, unknown>, seed: number | undefined): void {
  for (const [name, value] of Object.entries(config)) {
    const isInitializer = name.endsWith('_initializer') && isObject(value);
    if (isInitializer && isObject(value.config) && 'seed' in value.config) {
      config[name] =
        seed === undefined
          ? { class_name: 'Zeros', config: {} }
          : { ...value, config: { ...value.config, seed } };
    }
  }
}
