/** Where the steps of a run have their batches from: a loader of images, or features in its place. */
import type {
  Batch,
  BatchLabels,
  LoaderFailure,
  PipelineWork,
  PixelType,
} from '../../pipeline/index.js';
import { adoptBatch, type BatchShare, tf } from '../../tensorflow/index.js';

/** Features of images, in the place of their pixels. */
export interface FeatureBatch extends BatchLabels {
  /** Features of many images, [rows, columns]. */
  features: tf.Tensor2D;
  /** The row of each image of the batch. */
  rows: Int32Array;
  waitMs: number;
}

/** In the place of a batch of which this worker has nothing: an image without colour that does not count. */
export interface EmptyBatch extends BatchLabels {
  /** Side of the image in pixels. */
  size: number;
}

export type StepBatch = Batch<PixelType> | FeatureBatch | EmptyBatch;

/** What a run needs of a loader. */
export interface BatchSource {
  readonly batchesPerEpoch: number;
  readonly statistics: PipelineWork;
  readonly failures: LoaderFailure[];
  /** The batches of epoch `number`, from batch `start` on. */
  epoch(number: number, options?: { start?: number }): AsyncIterableIterator<StepBatch>;
  close(): void;
  /** Where several workers share the batches, what this one has of a batch of an epoch. */
  shareOf?(batch: number): BatchShare | undefined;
}

/** What a batch gives to the network: adopted pixels, [images, side, side, 3], or features, [images, columns]. */
export function inputOf(batch: StepBatch): tf.Tensor {
  if ('features' in batch) {
    return tf.tidy(() => tf.gather(batch.features, tf.tensor1d(batch.rows, 'int32')));
  }
  return 'size' in batch ? tf.zeros([1, batch.size, batch.size, 3]) : adoptBatch(batch);
}
