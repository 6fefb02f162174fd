/**
 * Refuses models whose layers tfjs cannot connect. tfjs repeats its search for the inputs of a layer until it finds all of
 * them, so a name that no layer has would keep it searching without end. Import it for this effect.
 */
import { expected } from '../errors.js';
import { tf } from '../tensorflow/index.js';

/** An input of a layer: the name of another layer, which of its calls, which of that call's outputs; perhaps arguments. */
type Inbound = [layer: string, call: number, output: number, args?: object];

interface LayerConfig {
  name: string;
  className: string;
  config: { name?: string; layers?: unknown };
  /** The inputs of each call of the layer. */
  inboundNodes: Inbound[][];
}

interface ModelConfig {
  name?: string;
  layers: LayerConfig[];
  inputLayers: Inbound[];
  outputLayers: Inbound[];
}

const { classNameMap } = tf.serialization.SerializationMap.getMap();
for (const name of ['Model', 'Functional']) {
  const entry = classNameMap[name] as (typeof classNameMap)[string];
  const [, fromConfig] = entry;
  entry[1] = (cls, config, ...rest) => {
    checkLayerGraph(config as unknown as ModelConfig);
    return fromConfig(cls, config, ...rest);
  };
}

/**
 * Checks the layers of a model that is not sequential, as tfjs gives them to `fromConfig`.
 *
 * @throws InvalidInputError when a layer lacks its name or inputs, when two have one name, when an input is of no layer, and
 *   when layers are inputs of each other
 */
export function checkLayerGraph(model: ModelConfig): void {
  const where = `the model ${model.name}`;
  const { layers, inputLayers, outputLayers } = model;
  for (const [name, list] of Object.entries({ layers, inputLayers, outputLayers })) {
    if (!Array.isArray(list)) {
      throw expected('an array', `${name} of ${where}`, list);
    }
  }
  const names = new Set<string>();
  for (const layer of layers) {
    checkLayer(layer, where);
    if (names.has(layer.name)) {
      throw expected('a name of its own', `each layer of ${where}`, layer.name);
    }
    names.add(layer.name);
  }
  const ends = [...inputLayers, ...outputLayers];
  for (const [name] of [...ends, ...layers.flatMap((layer) => layer.inboundNodes.flat())]) {
    if (!names.has(name)) {
      throw expected('the name of a layer', `an input or output in ${where}`, name);
    }
  }
  checkOrder(layers, where);
}

function checkLayer(layer: LayerConfig, where: string): void {
  const { name, config, inboundNodes } = layer ?? {};
  if (typeof name !== 'string' || typeof config !== 'object' || config === null) {
    throw expected('a name and a config', `each layer of ${where}`, layer);
  }
  if ((config.name ?? name) !== name) {
    throw expected(name, `the name in the config of layer ${name} of ${where}`, config.name);
  }
  const isComplete =
    Array.isArray(inboundNodes) &&
    inboundNodes.every((inputs) => Array.isArray(inputs) && inputs.every(isInbound));
  if (!isComplete) {
    throw expected('lists of inputs', `inbound_nodes of layer ${name} of ${where}`, inboundNodes);
  }
}

const isInbound = (input: unknown): input is Inbound =>
  Array.isArray(input) &&
  typeof input[0] === 'string' &&
  [input[1], input[2]].every((index) => Number.isInteger(index) && index >= 0);

/** Makes the calls in any order in which each one's inputs exist, and refuses what is then left. */
function checkOrder(layers: LayerConfig[], where: string): void {
  // An input layer and a nested model are called once as they are created.
  const isCalled = ({ className, config }: LayerConfig) =>
    className === 'InputLayer' || config.layers !== undefined;
  const calls = new Map(layers.map((layer) => [layer.name, isCalled(layer) ? 1 : 0]));
  let waiting = layers.flatMap(({ name, inboundNodes }) =>
    inboundNodes.filter((inputs) => inputs.length > 0).map((inputs) => ({ name, inputs })),
  );
  while (waiting.length > 0) {
    const blocked = waiting.filter(({ name, inputs }) => {
      const isReady = inputs.every(([from, call]) => (calls.get(from) as number) > call);
      if (isReady) {
        calls.set(name, (calls.get(name) as number) + 1);
      }
      return !isReady;
    });
    if (blocked.length === waiting.length) {
      const names = [...new Set(blocked.map(({ name }) => name))].join(', ');
      throw expected('layers whose inputs come before them', where, names);
    }
    waiting = blocked;
  }
}
