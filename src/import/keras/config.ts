/** Reads the configuration of a Keras model, of Keras 2 and tfjs or of Keras 3, into one form. */
import { isObject } from '../../disk/index.js';
import { expected } from '../../errors.js';

export interface Source {
  /** For errors. */
  file: string;
  /** The first number of Keras's version. */
  kerasVersion: number;
}

/** The first number of a version of Keras, such as `2.15.0`; 2 where a file does not say it. */
export const majorVersion = (version: unknown): number => Number.parseInt(String(version), 10) || 2;

/** A functional or sequential model. */
export interface KerasModel {
  name: string;
  layers: KerasLayer[];
  inputs: Reference[];
  outputs: Reference[];
}

export interface KerasLayer {
  name: string;
  className: string;
  /** An operation of `keras.ops` or TensorFlow, such as `x + 3`; its class may have the name of a layer. */
  isOperation: boolean;
  config: Config;
  /** The layer is a model itself. */
  model?: KerasModel;
  calls: Call[];
}

export type Config = Readonly<Record<string, unknown>>;

/** A call of a layer. */
export interface Call {
  inputs: (Reference | number)[];
  /** Other arguments, those that are not null. */
  options: Config;
}

/** An output of a layer's call. */
export interface Reference {
  layer: string;
  call: number;
  output: number;
}

/** Models within models. */
const mostDepth = 16;

/**
 * @param json `{ class_name, config }`
 * @param where the file, for errors
 * @throws InvalidInputError when it is not of this form, and for models of other classes, which are code
 */
export function readModel(json: unknown, where: string, depth = 0): KerasModel {
  const { class_name: className, config } = objectOf(json, `the model of ${where}`);
  if (!isModelClass(className)) {
    const remedy =
      'Other models are Python code: build yours from layers with keras.Model(inputs, outputs)';
    throw expected('a Functional or Sequential model', where, className, remedy);
  }
  if (depth > mostDepth) {
    throw expected(`at most ${mostDepth} models within each other`, where, 'more');
  }
  // Keras before 2.2.3 wrote the layers of a sequential model without a name for it.
  const {
    name = 'sequential',
    layers,
    ...others
  } = Array.isArray(config)
    ? { layers: config }
    : (objectOf(config, `the config of a model in ${where}`) as Config);
  const owner = `the model ${name} in ${where}`;
  const read = listOf(layers, `layers of ${owner}`).map((layer) => readLayer(layer, owner, depth));
  return className === 'Sequential'
    ? sequential(textOf(name, `the name of ${owner}`), read, others)
    : functional(textOf(name, `the name of ${owner}`), read, others, owner);
}

const isModelClass = (name: unknown): name is string =>
  ['Functional', 'Model', 'Sequential'].includes(name as string);

function functional(name: string, layers: KerasLayer[], config: Config, owner: string): KerasModel {
  return {
    name,
    layers,
    inputs: referencesOf(config.input_layers, `input_layers of ${owner}`),
    outputs: referencesOf(config.output_layers, `output_layers of ${owner}`),
  };
}

/** A chain; without an input layer it begins with one. */
function sequential(name: string, layers: KerasLayer[], config: Config): KerasModel {
  const [first] = layers;
  const shape = config.build_input_shape ?? (first && inputShapeOf(first));
  const input: KerasLayer = {
    name: `${name}_input`,
    className: 'InputLayer',
    isOperation: false,
    config: { batch_input_shape: shape },
    calls: [],
  };
  const chain = first?.className === 'InputLayer' ? layers : [input, ...layers];
  const ends = chain.map((layer) => ({ layer: layer.name, call: 0, output: 0 }));
  return {
    name,
    layers: chain.map((layer, index) => ({
      ...layer,
      calls: index === 0 ? [] : [{ inputs: [ends[index - 1] as Reference], options: {} }],
    })),
    inputs: ends.slice(0, 1),
    outputs: ends.slice(-1),
  };
}

/** The shape, the batch included, that the first layer of a sequential model has in its configuration. */
function inputShapeOf({ config, model }: KerasLayer): unknown {
  const inner = model?.layers.find(({ name }) => name === model.inputs[0]?.layer);
  return config.batch_input_shape ?? config.batch_shape ?? (inner && inputShapeOf(inner));
}

function readLayer(json: unknown, owner: string, depth: number): KerasLayer {
  const layer = objectOf(json, `a layer of ${owner}`);
  const className = textOf(layer.class_name, `class_name of a layer of ${owner}`);
  const isModel = isModelClass(className);
  const config = Array.isArray(layer.config)
    ? { layers: layer.config }
    : objectOf(layer.config, `the config of a layer of ${owner}`);
  const name = textOf(layer.name ?? config.name, `the name of a layer of ${owner}`);
  const nodes = listOf(layer.inbound_nodes ?? [], `inbound_nodes of ${name} in ${owner}`);
  const isOperation =
    className === 'TFOpLambda' ||
    String(layer.module ?? '').startsWith('keras.src.ops') ||
    isUnmarkedOperation(layer, config);
  return {
    name,
    className,
    isOperation,
    config: isModel ? {} : config,
    ...(isModel && { model: readModel(layer, owner, depth + 1) }),
    calls: nodes.map((node) => readCall(node, `inbound_nodes of ${name} in ${owner}`)),
  };
}

/** Keras 3 writes no modules into HDF5, and no more than a name into the configuration of an operation. */
const isUnmarkedOperation = ({ module, inbound_nodes: nodes }: Config, config: Config) =>
  module === undefined &&
  Array.isArray(nodes) &&
  isObject(nodes[0]) &&
  Object.keys(config).every((key) => key === 'name');

/** Keras 3: `{ args, kwargs }`. Before: a list of `[layer, call, output, kwargs]`, or for an operation one of these. */
function readCall(node: unknown, where: string): Call {
  if (isObject(node)) {
    const options = node.kwargs === undefined ? {} : objectOf(node.kwargs, where);
    const inputs = listOf(node.args, where)
      .flat()
      .map((arg) => operandOf(arg, where));
    return withOperands(inputs, options, where);
  }
  const list = listOf(node, where);
  const inputs = typeof list[0] === 'string' ? [list] : list;
  const options = inputs.map((input) => (listOf(input, where)[3] ?? {}) as Config);
  return withOperands(
    inputs.map((input) => operandOf(input, where)),
    Object.assign({}, ...options.map((each) => objectOf(each, where))) as Config,
    where,
  );
}

/** The second operand of an operation may be given by its name. */
function withOperands(inputs: Call['inputs'], options: Config, where: string): Call {
  const given = Object.entries(options).filter(([, value]) => value !== null);
  const operands = given.filter(([name]) => ['x', 'y', 'x1', 'x2'].includes(name));
  const others = given.filter((entry) => !operands.includes(entry) && entry[0] !== 'name');
  return {
    inputs: [...inputs, ...operands.map(([, value]) => operandOf(value, where))],
    options: Object.fromEntries(others),
  };
}

function operandOf(value: unknown, where: string): Reference | number {
  if (typeof value === 'number') {
    return value;
  }
  if (Array.isArray(value)) {
    return value[0] === '_CONSTANT_VALUE' && typeof value[2] === 'number'
      ? value[2]
      : referenceOf(value, where);
  }
  const history = isObject(value) && isObject(value.config) ? value.config.keras_history : value;
  return referenceOf(history, where);
}

/** One reference, or a list of them. */
function referencesOf(value: unknown, where: string): Reference[] {
  const list = listOf(value, where);
  return typeof list[0] === 'string'
    ? [referenceOf(list, where)]
    : list.map((each) => referenceOf(each, where));
}

function referenceOf(value: unknown, where: string): Reference {
  const [layer, call, output] = Array.isArray(value) ? value : [];
  const isIndex = (index: unknown) => Number.isSafeInteger(index) && (index as number) >= 0;
  if (typeof layer !== 'string' || !isIndex(call) || !isIndex(output)) {
    throw expected('the output of a layer, or a number,', where, value);
  }
  return { layer, call, output };
}

function objectOf(value: unknown, what: string): Config {
  if (!isObject(value)) {
    throw expected('an object', what, value);
  }
  return value;
}

function listOf(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) {
    throw expected('a list', what, value);
  }
  return value;
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') {
    throw expected('text', what, value);
  }
  return value;
}
