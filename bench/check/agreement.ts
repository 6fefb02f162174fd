/** Compares pixels with the expected ones. */

/** The difference between two renderings of the same images. */
export interface Agreement {
  values: number;
  /** Share of the values that differ by at most one level of 255. */
  within: number;
  /** Largest difference in levels; infinite if a value is NaN. */
  largest: number;
}

/** Bounds for a loader's pixels on a GPU: its JPEG decoder rounds differently from the CPU's, and colours amplify that. */
export const leastWithin = 0.99;

/**
 * Compares normalised values, channels last; `std` is the preprocessing record's, in levels.
 * @throws Error when the two have different lengths.
 */
export function agreementOf(
  actual: Float32Array,
  wanted: Float32Array,
  std: readonly number[],
): Agreement {
  if (actual.length !== wanted.length) {
    throw new Error(`Expected ${wanted.length} values but received ${actual.length}`);
  }
  let [within, largest] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    const apart = Math.abs((actual[i] as number) - (wanted[i] as number));
    const levels = apart * (std[i % std.length] as number);
    // NaN counts as outside the level.
    if (levels <= 1) {
      within++;
    }
    if (!(levels <= largest)) {
      largest = Number.isNaN(levels) ? Number.POSITIVE_INFINITY : levels;
    }
  }
  return { values: wanted.length, within: within / wanted.length, largest };
}

/** Why an agreement misses the bounds, or undefined. */
export function disagreement({ within, largest, values }: Agreement): string | undefined {
  if (values > 0 && within >= leastWithin) {
    return undefined;
  }
  return `only ${(100 * within).toFixed(3)}% of ${values} values within 1/255, the largest ${largest.toFixed(1)}/255 off`;
}
