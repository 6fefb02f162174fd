/** What each of several workers has of a batch. */
import type { BatchShare } from '../../tensorflow/index.js';

/** A worker's place among those that share each batch. */
export interface Place {
  /** From 0. */
  readonly index: number;
  readonly count: number;
  /** Whether batch normalisation uses the statistics of the whole batch. */
  readonly synchronised: boolean;
}

/** What the worker has of a batch of `rows` images. */
export const shareOf = ({ index, count, synchronised }: Place, rows: number): BatchShare => ({
  index,
  count,
  rows,
  synchronised,
});

/**
 * Options of a loader of the worker's images: those at index, index + count, … of each batch.
 *
 * @param batchSize a multiple of `count`
 * @param images in an epoch; more than `index`
 */
export const loaderShare = ({ index, count }: Place, batchSize: number, images: number) => ({
  batchSize: batchSize / count,
  workerIndex: index,
  // A loader has an image at least.
  workerCount: Math.min(count, images),
});
