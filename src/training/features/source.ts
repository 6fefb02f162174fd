/** Batches of features, in the place of a loader's batches of images. */
import type { Features } from '../../features/index.js';
import { type LoaderFailure, type LoaderSamples, labelOf, noWork } from '../../pipeline/index.js';
import { Random } from '../../random.js';
import { type BatchShare, tf } from '../../tensorflow/index.js';
import type { BatchSource, FeatureBatch } from '../run/source.js';
import { type Place, shareOf } from '../workers/share.js';

interface SourceParts {
  features: Features;
  samples: LoaderSamples;
  batchSize: number;
  /** Of the order of each epoch; undefined: that of the samples. */
  seed: number | undefined;
  /** Where several workers share the batches. */
  place?: Place | undefined;
}

/**
 * Yields the features of all images that could be read: in epoch e those of view e mod views. A row of an image is a row of one
 * tensor, which `close` frees.
 */
export class FeatureSource implements BatchSource {
  readonly batchesPerEpoch: number;
  readonly statistics = noWork;
  readonly failures: LoaderFailure[];
  private readonly rows: tf.Tensor2D;
  private readonly views: number;
  private readonly usable: number[];

  constructor(private readonly parts: SourceParts) {
    const { features, samples, batchSize } = parts;
    const { rows, columns, views, failures } = features;
    this.rows = tf.tensor2d(rows, [samples.length * views, columns]);
    this.views = views;
    this.failures = failures.map(({ index: _, ...failure }) => failure);
    const unreadable = new Set(failures.map(({ index }) => index));
    this.usable = Array.from({ length: samples.length }, (_, index) => index).filter(
      (index) => !unreadable.has(index),
    );
    this.batchesPerEpoch = Math.ceil(this.usable.length / batchSize);
  }

  async *epoch(number: number, { start = 0 } = {}): AsyncGenerator<FeatureBatch> {
    const { batchSize, seed } = this.parts;
    const order = seed === undefined ? this.usable : orderOf(this.usable, seed, number);
    const view = number % this.views;
    for (let from = start * batchSize; from < order.length; from += batchSize) {
      const own = this.ownOf(order.slice(from, from + batchSize));
      // Only a batch that is trained on has a step of all workers.
      if (own.length > 0 || seed !== undefined) {
        const indices = own.length > 0 ? own : order.slice(from, from + 1);
        yield this.batchOf(Int32Array.from(indices), view);
      }
    }
  }

  shareOf(batch: number): BatchShare | undefined {
    const { batchSize, place } = this.parts;
    const rows = Math.min(batchSize, this.usable.length - batch * batchSize);
    return place && shareOf(place, rows);
  }

  close(): void {
    this.rows.dispose();
  }

  /** This worker's part of a batch. */
  private ownOf(batch: readonly number[]): readonly number[] {
    const { place } = this.parts;
    return place === undefined
      ? batch
      : batch.filter((_, row) => row % place.count === place.index);
  }

  private batchOf(indices: Int32Array, view: number): FeatureBatch {
    const labels = indices.map((index) => labelOf(this.parts.samples, index));
    return {
      features: this.rows,
      rows: indices.map((index) => index * this.views + view),
      count: indices.length,
      waitMs: 0,
      indices,
      labels,
      // No image is mixed.
      partners: indices,
      partnerLabels: labels,
      weights: new Float32Array(indices.length).fill(1),
    };
  }
}

const orderOf = (indices: readonly number[], seed: number, epoch: number): number[] =>
  new Random(`order/${seed}/${epoch}`).shuffled(indices);
