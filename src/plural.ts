/** Counts in words. */

/** A number with its noun: `1 image`, `2 images`, `0 images`. `plural` is needed where it is more than the noun and an s. */
export const count = (number: number, noun: string, plural = `${noun}s`): string =>
  `${number} ${number === 1 ? noun : plural}`;
