/** The layers of a Keras model as a functional model of tfjs-layers. */
import { expected } from '../../errors.js';
import type { Config, KerasModel, Source } from './config.js';
import { type FlatCall, type FlatLayer, flatten, type Value } from './flatten.js';
import { layerFor } from './layers.js';
import type { TopologyLayer } from './rules.js';

/** A layer with its calls, each with its inputs. */
export interface Node extends TopologyLayer {
  name: string;
  calls: Result[][];
  /** The layer of the file that it is of. */
  from?: FlatLayer;
}

/** The result of a call of a node. */
export interface Result {
  node: Node;
  call: number;
}

/** A functional model of one image. */
export interface Topology {
  name: string;
  /** The names of the model and of those within it. */
  modelNames: string[];
  /** Of the image in pixels; null where it may have any. */
  side: number | null;
  /** Each after those whose results its first call takes; the input layer is the first. */
  nodes: Node[];
  output: Result;
}

/**
 * @param notes gets what a user should know
 * @throws InvalidInputError for layers that Bobbin lacks, and for models of other inputs than square images of three channels
 */
export function topologyOf(model: KerasModel, source: Source, notes: Set<string>): Topology {
  const { layers, output, modelNames, modelCalls } = flatten(model, source.file);
  for (const { name, options } of modelCalls) {
    checkOptions(name, options, source);
    if (options.training === false) {
      notes.add(
        `The file calls ${name} with training=False: in Bobbin, the option trainable says what trains`,
      );
    }
  }
  const nodes = new Map<FlatLayer, Node>();
  for (const layer of layers) {
    const node = nodeOf(layer, source, notes);
    if (node !== undefined) {
      nodes.set(layer, node);
    }
  }
  for (const [layer, node] of nodes) {
    for (const { inputs } of layer.calls) {
      const values = inputs.filter((input): input is Value => typeof input !== 'number');
      node.calls.push(values.map((input) => resultOf(input, nodes)));
    }
  }
  return {
    name: model.name,
    modelNames,
    side: sideOf(layers, source.file),
    nodes: [...nodes.values()],
    output: resultOf(output, nodes),
  };
}

function nodeOf(layer: FlatLayer, source: Source, notes: Set<string>): Node | undefined {
  const { name, className } = layer;
  if (className === 'InputLayer') {
    return { name, className, config: {}, calls: [] };
  }
  const own = layerFor(layer, source, notes);
  for (const call of layer.calls) {
    checkCall(layer, call, own !== undefined, source);
  }
  return own && { ...own, name, calls: [], from: layer };
}

/** @param computes whether the layer does something; else its arguments mean nothing */
function checkCall(layer: FlatLayer, call: FlatCall, computes: boolean, source: Source): void {
  if (layer.isOperation) {
    return;
  }
  if (computes) {
    checkOptions(layer.name, call.options, source);
  }
  const constant = call.inputs.find((input) => typeof input === 'number');
  if (constant !== undefined || call.inputs.length === 0) {
    const where = `an input of ${layer.name} in ${source.file}`;
    throw expected('the result of a layer', where, constant);
  }
}

function checkOptions(name: string, options: Config, { file }: Source): void {
  const { training = false, ...others } = options;
  const [[argument, value] = ['training', training]] = Object.entries(others);
  if (value !== false || argument !== 'training') {
    throw expected('no such argument', `${argument} in the call of ${name} in ${file}`, value);
  }
}

/** The result of the layer's node; of the layer before where it has none. */
function resultOf(value: Value, nodes: ReadonlyMap<FlatLayer, Node>): Result {
  let { layer, call } = value;
  for (;;) {
    const node = nodes.get(layer);
    if (node !== undefined) {
      return { node, call };
    }
    ({ layer, call } = (layer.calls[call] as FlatCall).inputs[0] as Value);
  }
}

function sideOf(layers: FlatLayer[], file: string): number | null {
  const input = layers.find(({ className }) => className === 'InputLayer');
  const shape = input?.config.batch_shape ?? input?.config.batch_input_shape;
  const [, height, width, channels] = Array.isArray(shape) ? shape : [];
  const isSide = height === null || (Number.isSafeInteger(height) && height > 0);
  if (channels !== 3 || height !== width || !isSide || (shape as unknown[]).length !== 4) {
    const what = 'square images of three channels, [batch, side, side, 3],';
    throw expected(what, `the input of ${file}`, shape);
  }
  return height as number | null;
}

/** What tfjs's `modelFromJSON` takes. */
export function topologyJson({ name, nodes, output }: Topology, side: number | null) {
  const reference = ({ node, call }: Result) => [node.name, call, 0];
  const [input] = nodes as [Node];
  const layers = nodes.map(({ name, className, config, calls }) => ({
    name,
    class_name: className,
    config:
      className === 'InputLayer'
        ? { name, batch_input_shape: [null, side, side, 3], dtype: 'float32' }
        : { name, ...config },
    inbound_nodes: calls
      .filter((inputs) => inputs.length > 0)
      .map((inputs) => inputs.map((each) => [...reference(each), {}])),
  }));
  const config = {
    name,
    layers,
    input_layers: [[input.name, 0, 0]],
    output_layers: [reference(output)],
  };
  return { class_name: 'Model', config };
}
