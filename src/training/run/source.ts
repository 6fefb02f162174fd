/** Where the steps of a run have their batches from: a loader of images, or features in its place. */
import type {
  Batch,
  BatchLabels,
  LoaderFailure,
  PipelineWork,
  PixelType,
} from '../../pipeline/index.js';
import { adoptBatch, tf } from '../../tensorflow/index.js';

/** Features of images, in the place of their pixels. */
export interface FeatureBatch extends BatchLabels {
  /** Features of many images, [rows, columns]. */
  features: tf.Tensor2D;
  /** The row of each image of the batch. */
  rows: Int32Array;
  waitMs: number;
}

export type StepBatch = Batch<PixelType> | FeatureBatch;

/** What a run needs of a loader. */
export interface BatchSource {
  readonly batchesPerEpoch: number;
  readonly statistics: PipelineWork;
  readonly failures: LoaderFailure[];
  /** The batches of epoch `number`, from batch `start` on. */
  epoch(number: number, options?: { start?: number }): AsyncIterableIterator<StepBatch>;
  close(): void;
}

/** What a batch gives to the network: adopted pixels, [images, side, side, 3], or features, [images, columns]. */
export const inputOf = (batch: StepBatch): tf.Tensor =>
  'features' in batch
    ? tf.tidy(() => tf.gather(batch.features, tf.tensor1d(batch.rows, 'int32')))
    : adoptBatch(batch);
