/** Refuses weights that are NaN or infinite, which make every result of a network NaN. */
import { expected } from '../../errors.js';

/** @throws InvalidInputError when one of `values` is not finite; `name` says whose they are */
export function checkFinite(values: Float32Array, name: string): void {
  for (let index = 0; index < values.length; index++) {
    if (!Number.isFinite(values[index])) {
      const remedy =
        'The training that wrote it failed: use an earlier checkpoint, or train with a smaller learning rate';
      throw expected('finite numbers', name, `${values[index]} at ${index}`, remedy);
    }
  }
}
