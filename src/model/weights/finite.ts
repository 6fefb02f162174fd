/** Refuses weights of a file that are NaN or infinite, which make every result of a network NaN. */
import { expected } from '../../errors.js';
import { nonFiniteIndex } from '../../finite.js';

/** @throws InvalidInputError when one of `values` is not finite; `name` says whose they are */
export function checkFinite(values: Float32Array, name: string): void {
  const index = nonFiniteIndex(values);
  if (index >= 0) {
    const remedy = 'The training that wrote it diverged: use an earlier file of its weights';
    throw expected('finite numbers', name, `${values[index]} at ${index}`, remedy);
  }
}
