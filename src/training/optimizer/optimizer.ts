/** What all optimizers share: they change weights by their gradients, and their state can be saved. */
import type { GivenValues, OptionTable } from '../../options.js';
import { tf, updateVariables } from '../../tensorflow/index.js';

/** A trainable weight under the name it has in its model. */
export interface NamedVariable {
  name: string;
  variable: tf.Variable;
  /** The weight's learning rate is that of the step times this; default 1. */
  rateFactor?: number;
}

/** One variable of a state: its kind (`velocity`), the name of its weight, and its values in float32. */
export interface Slot {
  kind: string;
  name: string;
  shape: number[];
  values: Float32Array;
}

/** State that a training step changes besides the weights. */
export interface State {
  /** Those that hold the state. */
  stateVariables(): tf.Variable[];
  /** The state, which a checkpoint keeps. */
  slots(): Slot[];
  /** @throws InvalidInputError when the slots belong to other variables. */
  restore(slots: readonly Slot[]): void;
  /** Frees the state. */
  dispose(): void;
}

/** Works in eager code and in jitted functions. */
export interface Optimizer extends State {
  /**
   * Changes the variables by one step.
   *
   * @param gradients by the variable's own name, as `tf.variableGrads` returns them
   * @param learningRate in a jitted function a tensor, since a number would be constant
   * @param usable a boolean scalar; where it is false, nothing changes, and the gradients must be zeros
   * @param momentum takes the place of the option that `OptimizerEntry.momentum` names
   */
  apply(
    gradients: tf.NamedTensorMap,
    learningRate: tf.Scalar | number,
    usable?: tf.Scalar,
    momentum?: tf.Scalar,
  ): void;
}

/** An optimizer in the list of all of them, `list.ts`. */
export interface OptimizerEntry<Table extends OptionTable = OptionTable> {
  /** A few words for `--help`. */
  help: string;
  /** Its own options. An option that others have by the same name has the same type and range there. */
  options: Table;
  /** The name of the option that a schedule may change in each step. */
  momentum: keyof Table & string;
  /** @throws InvalidInputError when an option is out of its range. */
  create(variables: readonly NamedVariable[], options: GivenValues<Table>): Optimizer;
}

/** `value` as a tensor, or `otherwise` where `usable` is false. */
export function whenUsable(
  usable: tf.Scalar | undefined,
  value: tf.Scalar | number,
  otherwise: number,
): tf.Scalar {
  const scalar = typeof value === 'number' ? tf.scalar(value) : value;
  return usable === undefined ? scalar : (tf.where(usable, scalar, otherwise) as tf.Scalar);
}

/** The rate of each weight: `rate` times its factor. Weights of one factor share a tensor. */
export function ratesOf(rate: tf.Scalar): (weight: NamedVariable) => tf.Scalar {
  const rates = new Map([[1, rate]]);
  return ({ rateFactor = 1 }) => {
    const own = rates.get(rateFactor) ?? tf.mul(rate, rateFactor);
    rates.set(rateFactor, own);
    return own;
  };
}

/** variable ← variable − rate · direction, in place. */
export function descend(variable: tf.Variable, rate: tf.Scalar, direction: tf.Tensor): void {
  updateVariables({
    name: 'ResourceApplyGradientDescent',
    variables: [variable],
    inputs: [rate, direction],
    attributes: { T: { type: 'dtype', value: 'float32' } },
  });
}
