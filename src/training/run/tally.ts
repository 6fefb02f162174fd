/** Sums of the steps' losses and hits, read only every few steps on a GPU, so that no step waits for numbers. */
import { gpuInUse, tf } from '../../tensorflow/index.js';
import type { EpochTotals, TaskTotals } from '../checkpoint/checkpoint.js';
import { ratesOf, type Scores } from './progress.js';

/** On a GPU, results are read after this many steps or milliseconds: reading waits for the steps before. */
const mostSteps = 10;
const longestMs = 1000;

/** A loss that is not finite. */
export interface BadLoss {
  /** The step among those of the tally, from 0. */
  step: number;
  value: number;
  /** The place of the head, where heads are counted each for itself. */
  head: number | undefined;
  /** The mean loss in the step before. */
  lastLoss: number | undefined;
}

interface Result {
  images: number;
  /** The sums of the objective. */
  sums: tf.Tensor;
}

export class Tally {
  private readonly results: Result[] = [];
  private readonly mostSteps = gpuInUse() === undefined ? 1 : mostSteps;
  private steps = 0;
  private lastLoss: number | undefined;
  private readAt = Number.NEGATIVE_INFINITY;
  /** What workers have asked for since the last {@link takeAsked}, added up; it follows the objective's sums. */
  private asked: number[] = [];
  private means: Scores = { loss: 0, accuracy: 0 };

  /**
   * Adds to `totals`: images at once, losses and hits when they are read. Reading a loss that is not finite throws what
   * `refuse` makes of it.
   */
  constructor(
    readonly totals: EpochTotals,
    private readonly refuse: (bad: BadLoss) => Error,
    /** Whether several workers train: they read after the same steps, so that all learn of a request after the same step. */
    private readonly isShared = false,
  ) {}

  /** Loss and accuracy at the last reading. */
  get latest(): Scores {
    return this.means;
  }

  /** Takes over `sums`, an objective's of a step with this number of images. */
  add(images: number, sums: tf.Tensor): void {
    this.totals.images += images;
    this.results.push({ images, sums });
    const isDue = !this.isShared && performance.now() - this.readAt >= longestMs;
    if (isDue || this.results.length >= this.mostSteps) {
      this.read();
    }
  }

  /** The sums of what was asked for in the steps that were read since the last call. */
  takeAsked(): number[] {
    const { asked } = this;
    this.asked = [];
    return asked;
  }

  /** Adds all results to the totals. */
  read(): void {
    if (this.results.length === 0) {
      return;
    }
    try {
      for (const { images, sums } of this.results) {
        const numbers = sums.dataSync();
        this.count(images, numbers);
        if (this.isShared) {
          this.addAsked(numbers);
        }
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

  private count(images: number, sums: ArrayLike<number>): void {
    const { totals } = this;
    if (totals.tasks === undefined) {
      const [loss, correct] = sums as unknown as [number, number];
      this.checkFinite(loss);
      this.lastLoss = images > 0 ? loss / images : this.lastLoss;
      totals.loss += loss;
      totals.correct += correct;
    } else {
      this.countTasks(totals.tasks, sums);
    }
    this.steps += 1;
  }

  private addAsked(sums: ArrayLike<number>): void {
    const { tasks } = this.totals;
    const own = tasks === undefined ? 2 : 4 * tasks.length;
    this.asked = Array.from(sums)
      .slice(own)
      .map((sum, i) => sum + (this.asked[i] ?? 0));
  }

  private countTasks(tasks: readonly TaskTotals[], sums: ArrayLike<number>): void {
    let [allLoss, allWeight] = [0, 0];
    for (const [head, totals] of tasks.entries()) {
      const at = (place: number) => sums[4 * head + place] as number;
      const [loss, weight] = [at(0), at(1)];
      this.checkFinite(loss, head);
      allLoss += loss;
      allWeight += weight;
      totals.loss += loss;
      totals.weight += weight;
      totals.correct += at(2);
      totals.labels += at(3);
    }
    this.lastLoss = allWeight > 0 ? allLoss / allWeight : this.lastLoss;
  }

  private checkFinite(loss: number, head?: number): void {
    if (!Number.isFinite(loss)) {
      throw this.refuse({ step: this.steps, value: loss, head, lastLoss: this.lastLoss });
    }
  }
}
