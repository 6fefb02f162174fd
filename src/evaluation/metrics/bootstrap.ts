/** Bootstrap intervals: scores are computed again and again from images that are drawn anew, and their spread is that of chance. */
import type { OptionTable } from '../../options.js';
import { Random } from '../../random.js';
import { onceEach, type Weights } from './columns.js';

/** The 95 % interval of a score: its lower and its upper end. */
export type Interval = [low: number, high: number];

export const bootstrapOptions = {
  resamples: {
    type: 'integer',
    default: 1000,
    min: 0,
    max: 100_000,
    help: 'how often images are drawn anew for the 95 % intervals; 0: no intervals',
  },
  seed: {
    type: 'integer',
    default: 1,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    help: 'seed of the drawn images; the same seed gives the same intervals',
  },
} as const satisfies OptionTable;

/** Scores that are computed together. */
export interface ScoreBlock {
  /** How many there are. */
  size: number;
  /** Writes them for weighted images to `out`, which is full of NaN; that stays for one without a value. */
  compute(weights: Weights, out: Float64Array): void;
}

/** The scores of a block, and what they were in each resample. */
export class Resampled {
  private readonly scores: Float64Array;
  /** [scores, resamples] */
  private readonly replicates: Float64Array;

  constructor(
    private readonly block: ScoreBlock,
    private readonly resamples: number,
  ) {
    this.scores = new Float64Array(block.size);
    this.replicates = new Float64Array(block.size * resamples);
  }

  /** The number of scores. */
  get size(): number {
    return this.block.size;
  }

  /** Computes the scores of all images. */
  compute(weights: Weights): void {
    this.block.compute(weights, this.scores.fill(Number.NaN));
  }

  /** Computes the scores of a resample. */
  replicate(weights: Weights, round: number): void {
    const found = new Float64Array(this.block.size).fill(Number.NaN);
    this.block.compute(weights, found);
    for (let index = 0; index < found.length; index++) {
      this.replicates[index * this.resamples + round] = found[index] as number;
    }
  }

  /** Undefined where the score has no value, and where the block has no such score. */
  score(index: number): number | undefined {
    const score = this.scores[index];
    return Number.isNaN(score) ? undefined : score;
  }

  /** The scores of the resamples, NaN where one has none; a copy. */
  replicatesOf(index: number): Float64Array {
    return this.replicates.slice(index * this.resamples, (index + 1) * this.resamples);
  }

  /** Undefined without resamples, and where the score has no value. */
  interval(index: number): Interval | undefined {
    return this.score(index) === undefined
      ? undefined
      : percentileInterval(this.replicatesOf(index));
  }
}

interface ResampleRequest {
  /** How many there are, at least one. */
  images: number;
  resamples: number;
  seed: number;
  /** Names the stream of random numbers: each task has its own. */
  name: string;
}

/**
 * The scores of all images, and of resamples: each draws as many images as there are, with replacement, all equally likely, so not
 * stratified by class. That is what new images of the same kind would do: their shares of the classes differ, too.
 *
 * An image that is drawn twice has the weight 2, so nothing is sorted again.
 */
export function resample<Name extends string>(
  blocks: Readonly<Record<Name, ScoreBlock>>,
  { images, resamples, seed, name }: ResampleRequest,
): Record<Name, Resampled> {
  const entries = Object.entries<ScoreBlock>(blocks).map(
    ([key, block]) => [key, new Resampled(block, resamples)] as const,
  );
  const weights = onceEach(images);
  for (const [, each] of entries) {
    each.compute(weights);
  }
  const random = new Random(`bootstrap ${seed} ${name}`);
  for (let round = 0; round < resamples; round++) {
    weights.fill(0);
    for (let draw = 0; draw < images; draw++) {
      const image = random.below(images);
      weights[image] = (weights[image] as number) + 1;
    }
    for (const [, each] of entries) {
      each.replicate(weights, round);
    }
  }
  return Object.fromEntries(entries) as Record<Name, Resampled>;
}

/**
 * The percentile interval (Efron 1979; Efron and Tibshirani 1993, chapter 13): the 2.5th and the 97.5th percentile of the resamples'
 * scores, interpolated linearly, as scipy's `bootstrap` with `method="percentile"`. Resamples in which the score has no value, such as
 * the recall of a class of which no image was drawn, are left out.
 *
 * @param replicates it is sorted
 * @returns undefined where no resample has a value
 */
export function percentileInterval(replicates: Float64Array): Interval | undefined {
  // NaN is sorted to the end.
  const sorted = replicates.sort();
  const gap = sorted.findIndex((value) => Number.isNaN(value));
  const values = gap < 0 ? sorted : sorted.subarray(0, gap);
  return values.length === 0 ? undefined : [percentile(values, 0.025), percentile(values, 0.975)];
}

/** As NumPy's `percentile` does by default. */
function percentile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const [low, high] = [sorted[below] as number, sorted[Math.ceil(place)] as number];
  return low + (high - low) * (place - below);
}
