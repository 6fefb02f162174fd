/** Tells the weights of an ONNX graph, which are kept in a file of their own, from its constants. */
import type { Graph, GraphConstant, GraphNode, GraphWeight } from '../../graph/index.js';
import type { NamedTensors } from '../../model/index.js';
import type { StoredTensor } from './build.js';

/** The inputs of operations that training changes, by their places. */
const parameters: Record<string, readonly number[]> = {
  Conv: [1, 2],
  Gemm: [1, 2],
  MatMul: [0, 1],
  BatchNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  LayerNormalization: [1, 2],
  PRelu: [1],
};

/** The inputs that are averages of what training saw. */
const statistics: Record<string, readonly number[]> = { BatchNormalization: [3, 4] };

/** The inputs that are settings of an operation: limits, scales and a colour of padding. */
const settings: Record<string, readonly number[]> = { Clip: [1, 2], Pad: [2], Resize: [1, 2] };

/** Floats of at least so many numbers are weights, whatever takes them; fewer ones are rather factors and limits. */
const fewestNumbers = 16;

/** `stages.0.gamma`: exporters give other names to what they compute: `/stages/Mul_output_0`, `onnx::Mul_12` and `val_3`. */
const stateName = /^(?!val_\d+$)\w+(\.\w+)*$/;

/** The last part of the names that torch's modules give to tensors which are no parameters. */
const bufferName = /(^|\.)(running_mean|running_var|attn_mask|relative_coords_table|filt)$/;

/** The tensors that `nodes` take: weights, with their values apart, and constants. */
export function weightsAndConstants(
  nodes: readonly GraphNode[],
  tensors: ReadonlyMap<string, StoredTensor>,
): Pick<Graph, 'weights' | 'constants'> & { values: NamedTensors } {
  const places: Places = {
    parameters: taken(nodes, parameters),
    statistics: taken(nodes, statistics),
    settings: taken(nodes, settings),
  };
  const weights: GraphWeight[] = [];
  const kept: NamedTensors = new Map();
  const constants: [string, GraphConstant][] = [];
  for (const name of new Set(nodes.flatMap(({ inputs }) => inputs))) {
    const tensor = tensors.get(name);
    if (tensor === undefined) {
      continue;
    }
    const { shape, dtype } = tensor;
    if (tensor.dtype === 'float32' && isWeight(name, tensor, places)) {
      weights.push({ name, shape, trainable: isTrainable(name, tensor, places) });
      kept.set(name, { shape, values: tensor.values });
    } else {
      constants.push([name, { dtype, shape, values: Array.from(tensor.values, storable) }]);
    }
  }
  return { weights, constants: Object.fromEntries(constants), values: kept };
}

/** The values that operations take as their parameters, statistics and settings. */
type Places = Record<'parameters' | 'statistics' | 'settings', ReadonlySet<string>>;

function isWeight(
  name: string,
  { shape, isNode, values }: StoredTensor,
  { parameters, statistics, settings }: Places,
): boolean {
  const isNamed = !isNode && shape.length > 0 && stateName.test(name);
  const isLearned = (isNamed || values.length >= fewestNumbers) && !isMask(values);
  const isWanted = parameters.has(name) || statistics.has(name) || isLearned;
  return isWanted && !settings.has(name);
}

function isTrainable(
  name: string,
  { isNode, values }: StoredTensor,
  { parameters, statistics }: Places,
): boolean {
  const isParameter = !isNode || (parameters.has(name) && !isFiller(values));
  return isParameter && !statistics.has(name) && !bufferName.test(name);
}

/** A mask adds −∞ to what is not to be seen; training never gives such a weight. */
const isMask = (values: StoredTensor['values']): boolean =>
  values.includes(Number.NEGATIVE_INFINITY);

/** The number in JSON, which has no infinite ones: these are the largest, which float32 makes infinite again. */
const storable = (value: number): number =>
  Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));

/** What exporters give to an operation whose module lacks a parameter: a scale of ones, an offset of zeros. */
const isFiller = (values: StoredTensor['values']): boolean =>
  [0, 1].some((filler) => values.every((value) => value === filler));

/** The values that nodes take in these places. */
const taken = (nodes: readonly GraphNode[], places: Record<string, readonly number[]>) =>
  new Set(
    nodes.flatMap(({ operation, inputs }) =>
      (places[operation] ?? []).flatMap((place) => inputs[place] ?? []),
    ),
  );
