/** Finds weights that are not finite: a model that has one gives no probabilities. */
import { expected } from '../errors.js';
import { nonFiniteIndex } from '../finite.js';
import { type Jitted, jit, tf, VariableVersions } from '../tensorflow/index.js';
import type { NamedTensor } from './weights/index.js';

/** Values under a name: those of a weight, or of a variable of an optimizer. */
export interface NamedValues {
  name: string;
  values: ArrayLike<number>;
}

/** All weights of `model` by their names in it, those that are not trained, too. */
export const weightsOf = (model: tf.LayersModel): (NamedTensor & { name: string })[] =>
  model.weights.map((weight) => {
    const variable = weight.read();
    const values = variable.dataSync<'float32'>();
    return { name: weight.originalName, shape: variable.shape, values };
  });

/** The first value that is not finite, with its name. */
export function nonFiniteValue(
  all: readonly NamedValues[],
): { name: string; value: number } | undefined {
  for (const { name, values } of all) {
    const index = nonFiniteIndex(values);
    if (index >= 0) {
      return { name, value: values[index] as number };
    }
  }
  return undefined;
}

/** The weights of each model when they were last found to be finite. */
const finite = new WeakMap<tf.LayersModel, VariableVersions>();
const sums = new WeakMap<tf.LayersModel, Jitted<() => tf.Tensor>>();

const variablesOf = (model: tf.LayersModel): tf.Variable[] =>
  model.weights.map((weight) => weight.read() as tf.Variable);

/** The first value of a weight that is not finite, with the weight's name. */
export function nonFiniteWeight(model: tf.LayersModel): ReturnType<typeof nonFiniteValue> {
  const bad = nonFiniteValue(weightsOf(model));
  if (bad === undefined) {
    finite.set(model, new VariableVersions(variablesOf(model)));
  }
  return bad;
}

/**
 * Refuses weights that are not finite even if the probabilities are: a ReLU that is fused into a convolution takes NaN for a
 * finite number. Reads the weights, on another thread, only if one has changed since they were last found to be finite.
 *
 * @throws InvalidInputError with the name of such a weight, and `remedy`
 */
export async function checkFiniteWeights(model: tf.LayersModel, remedy: string): Promise<void> {
  if (finite.get(model)?.areCurrent()) {
    return;
  }
  const versions = new VariableVersions(variablesOf(model));
  const sum = await sumOf(model).async();
  const [value] = await sum.data();
  sum.dispose();
  if (Number.isFinite(value)) {
    finite.set(model, versions);
    return;
  }
  // Very large weights may have such a sum too.
  const bad = nonFiniteWeight(model);
  if (bad !== undefined) {
    throw expected('finite numbers', `the weight ${bad.name}`, bad.value, remedy);
  }
}

/** Adds up all weights. */
function sumOf(model: tf.LayersModel): Jitted<() => tf.Tensor> {
  const known = sums.get(model);
  if (known !== undefined) {
    return known;
  }
  const variables = variablesOf(model);
  const made = jit(function sumOfWeights() {
    return tf.addN([tf.scalar(0), ...variables.map((variable) => variable.sum().toFloat())]);
  });
  sums.set(model, made);
  return made;
}
