/** The pace of work on images: its rate, the share of the time spent waiting, and the time left. */

export interface WorkDone {
  images: number;
  elapsedMs: number;
  /** The part of the elapsed time spent waiting for data. */
  waitMs: number;
}

export interface Pace {
  imagesPerSecond: number;
  /** Share of the time spent waiting for data, 0…1. */
  waitShare: number;
}

export interface WorkLeft {
  images: number;
  /** Validations, which may be a fraction, and the duration of one. */
  validations?: number;
  validationSeconds?: number;
}

export function paceOf({ images, elapsedMs, waitMs }: WorkDone): Pace {
  const elapsed = Math.max(1, elapsedMs);
  return { imagesPerSecond: (1000 * images) / elapsed, waitShare: Math.min(1, waitMs / elapsed) };
}

/** Expected seconds until the end. */
export function secondsLeft(
  { imagesPerSecond }: Pace,
  { images, validations = 0, validationSeconds = 0 }: WorkLeft,
): number {
  const forImages = images === 0 ? 0 : images / imagesPerSecond;
  return forImages + validations * validationSeconds;
}
