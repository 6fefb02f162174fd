/** A worker's share of each batch of a loader's epochs. */
import { type Loader, labelOf, type PixelType } from '../../pipeline/index.js';
import type { BatchSource, EmptyBatch, StepBatch } from '../run/source.js';
import { type Place, shareOf } from './share.js';

/** Gives a batch for each batch of all workers. Where this worker has no part of one, it is an {@link EmptyBatch}. */
export class SharedSource implements BatchSource {
  readonly batchesPerEpoch: number;

  /**
   * @param own loads the share
   * @param batchSize images in a batch of all workers
   */
  constructor(
    private readonly own: Loader<PixelType>,
    private readonly place: Place,
    private readonly batchSize: number,
  ) {
    this.batchesPerEpoch = Math.ceil(own.samples.length / batchSize);
  }

  get statistics() {
    return this.own.statistics;
  }

  get failures() {
    return this.own.failures;
  }

  shareOf(batch: number) {
    const left = this.own.samples.length - batch * this.batchSize;
    return shareOf(this.place, Math.min(this.batchSize, left));
  }

  async *epoch(number: number, { start = 0 } = {}): AsyncGenerator<StepBatch> {
    const { batchesPerEpoch: loaded } = this.own;
    yield* this.own.epoch(number, { start: Math.min(start, loaded) });
    for (let batch = Math.max(start, loaded); batch < this.batchesPerEpoch; batch++) {
      yield this.emptyBatch();
    }
  }

  close(): void {
    this.own.close();
  }

  private emptyBatch(): EmptyBatch {
    const first = Int32Array.of(0);
    const labels = Int32Array.of(labelOf(this.own.samples, 0));
    return {
      size: this.own.preprocessing.crop,
      count: 1,
      indices: first,
      labels,
      partners: first,
      partnerLabels: labels,
      weights: Float32Array.of(1),
    };
  }
}
