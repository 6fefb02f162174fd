/** Finds weights that are not finite: a model that has one gives no probabilities. */
import { nonFiniteIndex } from '../finite.js';
import type { tf } from '../tensorflow/index.js';

/** Values under a name: those of a weight, or of a variable of an optimizer. */
export interface NamedValues {
  name: string;
  values: ArrayLike<number>;
}

/** The values of all weights of `model`, those that are not trained, too. */
export const weightsOf = (model: tf.LayersModel): NamedValues[] =>
  model.weights.map((weight) => ({ name: weight.originalName, values: weight.read().dataSync() }));

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
