/** Image files of a request, and the progress through them. */
import path from 'node:path';
import type { ImageFile } from '../dataset/index.js';
import { expected } from '../errors.js';
import { paceOf, secondsLeft } from '../pace.js';

/** Image files in order: an array or, for millions of them, a table such as `resolveSamples` gives. */
export interface ImageFiles {
  readonly length: number;
  /** A path, or an image with its range; undefined behind the last. */
  at(index: number): string | ImageFile | undefined;
}

/** The image at `index`, with its absolute path. */
export function imageAt(files: ImageFiles, index: number): ImageFile {
  const file = files.at(index);
  const image = typeof file === 'string' ? { path: file } : file;
  if (typeof image?.path !== 'string') {
    throw expected('a path, or { path, range, box }', `files[${index}]`, file);
  }
  const { range, box } = image;
  return { path: path.resolve(image.path), ...(range && { range }), ...(box && { box }) };
}

/** How far the work on images is. */
export interface ImageProgress {
  done: number;
  total: number;
  imagesPerSecond: number;
  /** Share of the time spent waiting for the next batch, 0…1. */
  waitShare: number;
  secondsLeft: number;
}

/** Starts a clock that is told of each batch: its images, and the time spent waiting for them, in milliseconds. */
export function startClock(total: number): (count: number, waitMs: number) => ImageProgress {
  const start = performance.now();
  let done = 0;
  let waited = 0;
  return (count, waitMs) => {
    done += count;
    waited += waitMs;
    const elapsedMs = performance.now() - start;
    const pace = paceOf({ images: done, elapsedMs, waitMs: waited });
    return { done, total, ...pace, secondsLeft: secondsLeft(pace, { images: total - done }) };
  };
}
