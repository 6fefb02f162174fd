/** Sums of the steps' losses and hits, read only every few steps on a GPU, so that no step waits for numbers. */
import { gpuInUse, tf } from '../../tensorflow/index.js';
import type { EpochTotals } from '../checkpoint/checkpoint.js';
import { ratesOf } from './progress.js';

/** On a GPU, results are read after this many steps or milliseconds: reading waits for the steps before. */
const mostSteps = 10;
const longestMs = 1000;

/** A loss that is not finite. */
export interface BadLoss {
  /** The step among those of the tally, from 0. */
  step: number;
  value: number;
  /** The mean loss of the image in the step before. */
  lastLoss: number | undefined;
}

interface Result {
  images: number;
  /** A step's [loss, hits], summed over its images. */
  sums: tf.Tensor;
}

export class Tally {
  private readonly results: Result[] = [];
  private readonly mostSteps = gpuInUse() === undefined ? 1 : mostSteps;
  private steps = 0;
  private lastLoss: number | undefined;
  private readAt = Number.NEGATIVE_INFINITY;
  private means = { loss: 0, accuracy: 0 };

  /**
   * Adds to `totals`: images at once, losses and hits when they are read. Reading a loss that is not finite throws what
   * `refuse` makes of it.
   */
  constructor(
    readonly totals: EpochTotals,
    private readonly refuse: (bad: BadLoss) => Error,
  ) {}

  /** Loss and accuracy at the last reading. */
  get latest(): { loss: number; accuracy: number } {
    return this.means;
  }

  /** Takes over `sums`, a step's [loss, hits] summed over this number of images. */
  add(images: number, sums: tf.Tensor): void {
    this.totals.images += images;
    this.results.push({ images, sums });
    const isDue = performance.now() - this.readAt >= longestMs;
    if (isDue || this.results.length >= this.mostSteps) {
      this.read();
    }
  }

  /** Adds all results to the totals. */
  read(): void {
    if (this.results.length === 0) {
      return;
    }
    try {
      for (const { images, sums } of this.results) {
        const [loss, correct] = sums.dataSync() as unknown as [number, number];
        this.count(images, loss, correct);
      }
    } finally {
      this.dispose();
    }
    this.readAt = performance.now();
    const { loss, accuracy } = ratesOf(this.totals);
    this.means = { loss, accuracy };
  }

  /** Drops the results that are not read. */
  dispose(): void {
    tf.dispose(this.results.map(({ sums }) => sums));
    this.results.length = 0;
  }

  private count(images: number, loss: number, correct: number): void {
    if (!Number.isFinite(loss)) {
      throw this.refuse({ step: this.steps, value: loss, lastLoss: this.lastLoss });
    }
    this.steps += 1;
    this.lastLoss = images > 0 ? loss / images : this.lastLoss;
    this.totals.loss += loss;
    this.totals.correct += correct;
  }
}
