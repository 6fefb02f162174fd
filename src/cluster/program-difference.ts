/** Says in which collective the programs of two workers differ. */
import { workerName } from './worker-name.js';

/**
 * @param own the collectives of a call of worker `index`, in words
 * @param first those of worker 0 in the same call
 * @returns a sentence, or undefined if they are equal
 */
export function differenceBetween(
  workers: readonly string[],
  index: number,
  own: readonly string[],
  first: readonly string[],
): string | undefined {
  const length = Math.max(own.length, first.length);
  const place = Array.from({ length }, (_, i) => i).find((i) => own[i] !== first[i]);
  if (place === undefined) {
    return undefined;
  }
  const what = (collectives: readonly string[]) => collectives[place] ?? 'none';
  return `Expected the same collectives on all workers, of tensors of the same shapes, but number ${place + 1} of a call is ${what(first)} on ${workerName(workers, 0)} and ${what(own)} on ${workerName(workers, index)}`;
}
