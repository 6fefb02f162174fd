/** How far pixels are from those that they should be. */

/** Of two renderings of the same images. */
export interface Agreement {
  values: number;
  /** Share of the values that are at most one level of 255 off. */
  within: number;
  /** In levels; infinite where a value is no number. */
  largest: number;
}

/** What a loader's pixels on a GPU must reach: its JPEG decoder rounds otherwise than the CPU's, and colours widen that. */
export const leastWithin = 0.99;

/**
 * Compares normalised values, channels last; `std` is the preprocessing record's, in levels. Throws where
 * there are not as many of one as of the other.
 */
export function agreementOf(
  actual: Float32Array,
  wanted: Float32Array,
  std: readonly number[],
): Agreement {
  if (actual.length !== wanted.length) {
    throw new Error(`${actual.length} values against ${wanted.length}`);
  }
  let [within, largest] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    const apart = Math.abs((actual[i] as number) - (wanted[i] as number));
    const levels = apart * (std[i % std.length] as number);
    // A value that is no number is not at most one level off.
    if (levels <= 1) {
      within++;
    }
    if (!(levels <= largest)) {
      largest = Number.isNaN(levels) ? Number.POSITIVE_INFINITY : levels;
    }
  }
  return { values: wanted.length, within: within / wanted.length, largest };
}

/** What is wrong with an agreement, or undefined. */
export function disagreement({ within, largest, values }: Agreement): string | undefined {
  if (values > 0 && within >= leastWithin) {
    return undefined;
  }
  return `only ${(100 * within).toFixed(3)}% of ${values} values within 1/255, the largest ${largest.toFixed(1)}/255 off`;
}
