/** Runs TensorFlow's ops that change variables in place, for optimizers. */
import type * as tf from '@tensorflow/tfjs';
import { backend } from './backend.js';
import { runtime } from './configuration.js';
import { type Attribute, nativeAttributes } from './ops.js';
import { checkUnused, storeOf } from './stored-variables.js';
import { tracing } from './trace.js';

/** One operation of TensorFlow that writes variables. */
export interface VariableUpdate {
  /** TensorFlow's name, e.g. `ResourceApplyKerasMomentum`. */
  name: string;
  /** The op's first inputs, which are resources. */
  variables: readonly tf.Variable[];
  /** The op's other inputs. */
  inputs: readonly tf.Tensor[];
  attributes?: Readonly<Record<string, Attribute>>;
}

/**
 * Runs an op without results that changes the variables in place. The op is not recorded for gradients.
 *
 * @throws an Error with the op's name, TensorFlow's message and its status as `code`.
 */
export function updateVariables({
  name,
  variables,
  inputs,
  attributes = {},
}: VariableUpdate): void {
  const resources = tracing()?.variables.forUpdate(variables) ?? variables.map(resourceToWrite);
  const ids = [...resources, ...backend.getInputTensorIds(inputs)];
  runtime().executeOp(name, nativeAttributes(attributes), ids, 0);
}

function resourceToWrite(variable: tf.Variable): number {
  const store = storeOf(variable);
  checkUnused(store);
  store.writes += 1;
  return store.resource;
}
