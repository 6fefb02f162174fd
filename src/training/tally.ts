/** Sums of the steps' losses and hits, read only every few steps, so that no step waits for numbers. */
import { tf } from '../tensorflow/index.js';
import type { EpochTotals } from './checkpoint.js';
import { ratesOf } from './progress.js';

/** Results are read after this many steps or milliseconds. */
const mostSteps = 10;
const longestMs = 1000;

export class Tally {
  private readonly results: tf.Tensor[] = [];
  private readAt = Number.NEGATIVE_INFINITY;
  private means = { loss: 0, accuracy: 0 };

  /** Adds to `totals`: images at once, losses and hits when they are read. */
  constructor(readonly totals: EpochTotals) {}

  /** Loss and accuracy at the last reading. */
  get latest(): { loss: number; accuracy: number } {
    return this.means;
  }

  /** Takes over `result`, a step's [loss, hits] summed over this number of images. */
  add(images: number, result: tf.Tensor): void {
    this.totals.images += images;
    this.results.push(result);
    const isDue = performance.now() - this.readAt >= longestMs;
    if (isDue || this.results.length >= mostSteps) {
      this.read();
    }
  }

  /** Adds all results to the totals. */
  read(): void {
    if (this.results.length === 0) {
      return;
    }
    const sums = tf.tidy(() => tf.stack(this.results).dataSync());
    for (let i = 0; i < sums.length; i += 2) {
      this.totals.loss += sums[i] as number;
      this.totals.correct += sums[i + 1] as number;
    }
    tf.dispose(this.results);
    this.results.length = 0;
    this.readAt = performance.now();
    const { loss, accuracy } = ratesOf(this.totals);
    this.means = { loss, accuracy };
  }
}
