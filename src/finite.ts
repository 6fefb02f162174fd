/** Finds numbers that are not finite: NaN and the two infinities. */

/** Index of the first value that is not a finite number; −1 if there is none. */
export function nonFiniteIndex(values: ArrayLike<number>): number {
  for (let index = 0; index < values.length; index++) {
    if (!Number.isFinite(values[index])) {
      return index;
    }
  }
  return -1;
}
