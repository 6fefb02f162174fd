/** Takes tensors out of arrays and plain objects, the arguments and results of jitted functions, and puts them back. */
import * as tf from '@tensorflow/tfjs';
import { expected } from '../errors.js';

/** A value in two parts: its tensors in order, and the rest. */
export interface Flat {
  tensors: tf.Tensor[];
  /** The value with an index in the place of each tensor. Values that differ only in their tensors have equal structures. */
  structure: unknown;
}

const tensorIndex = Symbol('tensor');
interface TensorIndex {
  [tensorIndex]: number;
}

/**
 * Takes the tensors out of `value`, which errors call `name`.
 *
 * @throws InvalidInputError for a disposed tensor, or a value that is neither plain data nor a tensor.
 */
export function flatten(value: unknown, name: string): Flat {
  const tensors: tf.Tensor[] = [];
  const visit = (part: unknown, path: string): unknown => {
    if (part instanceof tf.Variable) {
      return part;
    }
    if (part instanceof tf.Tensor && part.isDisposed) {
      throw expected('a live tensor', path, 'disposed');
    }
    if (part instanceof tf.Tensor) {
      return { [tensorIndex]: tensors.push(part) - 1 };
    }
    if (Array.isArray(part)) {
      return part.map((element, i) => visit(element, `${path}[${i}]`));
    }
    if (['function', 'symbol', 'bigint'].includes(typeof part) || isForeign(part)) {
      throw expected('tensors, numbers, strings, booleans, arrays or plain objects', path, part);
    }
    if (part === null || typeof part !== 'object') {
      return part;
    }
    const entries = Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, of]) => [key, visit(of, `${path}.${key}`)]));
  };
  const structure = visit(value, name);
  return { tensors, structure };
}

function isForeign(part: unknown): boolean {
  if (part === null || typeof part !== 'object') {
    return false;
  }
  const prototype = Object.getPrototypeOf(part);
  return prototype !== Object.prototype && prototype !== null;
}

/** The value with this structure and these tensors. */
export function unflatten(structure: unknown, tensors: readonly tf.Tensor[]): unknown {
  if (structure instanceof tf.Variable) {
    return structure;
  }
  if (Array.isArray(structure)) {
    return structure.map((part) => unflatten(part, tensors));
  }
  if (structure === null || typeof structure !== 'object') {
    return structure;
  }
  const { [tensorIndex]: index } = structure as TensorIndex;
  if (index !== undefined) {
    return tensors[index];
  }
  return Object.fromEntries(
    Object.entries(structure).map(([key, part]) => [key, unflatten(part, tensors)]),
  );
}

/** A text that is equal for equal structures. `describe` gives the text of a tensor by its index. */
export function signatureOf(structure: unknown, describe: (index: number) => string): string {
  if (structure instanceof tf.Variable) {
    return `variable ${structure.id}`;
  }
  if (Array.isArray(structure)) {
    return `[${structure.map((part) => signatureOf(part, describe)).join()}]`;
  }
  if (Object.is(structure, -0)) {
    return '-0';
  }
  if (structure === null || typeof structure !== 'object') {
    return typeof structure === 'string' ? JSON.stringify(structure) : String(structure);
  }
  const { [tensorIndex]: index } = structure as TensorIndex;
  if (index !== undefined) {
    return describe(index);
  }
  const parts = Object.entries(structure).map(
    ([key, part]) => `${JSON.stringify(key)}:${signatureOf(part, describe)}`,
  );
  return `{${parts.join()}}`;
}
