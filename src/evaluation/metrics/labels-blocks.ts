/** The scores of a task of any number of labels whose intervals are computed together, from columns in the order of the images. */
import { averagePrecisionBlock, type ClassColumn } from './blocks.js';
import type { ScoreBlock } from './bootstrap.js';
import { binOf, lossOf, type Weights, weightedMean } from './columns.js';
import { isExact, type LabelsScored } from './labels-answers.js';
import { type ClassCounts, countsMacroF1 } from './shares.js';

/** Images and classes, each pair once: entries of a sparse table. */
interface Pairs {
  images: Uint32Array;
  classes: Uint32Array;
}

/** What all scores but average precision need of the images. */
export class LabelsColumns {
  /** 1 where an image is answered with all its labels and no others. */
  readonly right: Uint8Array;
  /** The mean over the classes of −ln p of those that are shown and of −ln (1 − p) of the others. */
  readonly losses: Float64Array;
  private readonly shown: Pairs;
  private readonly answered: Pairs;
  private readonly hits: Pairs;
  private readonly gaps: { images: Uint32Array; bins: Uint16Array; gaps: Float64Array };

  constructor(
    { probabilities, labels }: LabelsScored,
    answered: readonly (readonly number[])[],
    private readonly size: { classes: number; bins: number },
  ) {
    const isShown = labels.map((own) => new Set(own));
    this.right = Uint8Array.from(labels, (own, image) =>
      isExact(own, answered[image] as number[]) ? 1 : 0,
    );
    this.losses = Float64Array.from(probabilities, (row, image) =>
      meanLoss(row, isShown[image] as Set<number>),
    );
    this.shown = pairsOf(labels);
    this.answered = pairsOf(answered);
    this.hits = pairsOf(
      answered.map((own, image) => own.filter((index) => isShown[image]?.has(index))),
    );
    this.gaps = gapsOf(probabilities, isShown, size.bins);
  }

  /** Of each class the weight of its images, of the answers with it, and of the images of which both are true. */
  countsOf(weights: Weights): ClassCounts {
    const count = ({ images, classes }: Pairs) => {
      const sums = new Float64Array(this.size.classes);
      for (let place = 0; place < images.length; place++) {
        const index = classes[place] as number;
        sums[index] = (sums[index] as number) + (weights[images[place] as number] as number);
      }
      return sums;
    };
    return { images: count(this.shown), predicted: count(this.answered), right: count(this.hits) };
  }

  /** See {@link LabelsScores.expectedCalibrationError}. */
  calibrationError(weights: Weights): number {
    const sums = new Float64Array(this.size.bins);
    const { images, bins, gaps } = this.gaps;
    for (let place = 0; place < images.length; place++) {
      const bin = bins[place] as number;
      const weight = weights[images[place] as number] as number;
      sums[bin] = (sums[bin] as number) + weight * (gaps[place] as number);
    }
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const gap = sums.reduce((sum, each) => sum + Math.abs(each), 0);
    return gap / (total * this.size.classes);
  }
}

function meanLoss(row: ArrayLike<number>, shown: ReadonlySet<number>): number {
  let sum = 0;
  for (let index = 0; index < row.length; index++) {
    const probability = row[index] as number;
    sum += lossOf(shown.has(index) ? probability : 1 - probability);
  }
  return sum / row.length;
}

function pairsOf(lists: readonly (readonly number[])[]): Pairs {
  const images = lists.flatMap((list, image) => list.map(() => image));
  return { images: Uint32Array.from(images), classes: Uint32Array.from(lists.flat()) };
}

/** Of each image, for each bin with one of its probabilities, Σ (y − p) over these: so the error takes no longer with many classes. */
function gapsOf(
  probabilities: LabelsScored['probabilities'],
  isShown: readonly ReadonlySet<number>[],
  bins: number,
) {
  const found: [image: number, bin: number, gap: number][] = [];
  for (const [image, row] of probabilities.entries()) {
    const own = new Map<number, number>();
    for (let index = 0; index < row.length; index++) {
      const probability = row[index] as number;
      const bin = binOf(probability, bins);
      const truth = isShown[image]?.has(index) ? 1 : 0;
      own.set(bin, (own.get(bin) ?? 0) + truth - probability);
    }
    found.push(...[...own].map(([bin, gap]) => [image, bin, gap] as [number, number, number]));
  }
  return {
    images: Uint32Array.from(found, ([image]) => image),
    bins: Uint16Array.from(found, ([, bin]) => bin),
    gaps: Float64Array.from(found, ([, , gap]) => gap),
  };
}

/** Weighted images, and the counts of their classes. */
interface Weighted {
  columns: LabelsColumns;
  weights: Weights;
  counts: ClassCounts;
}

/** The scores that are one number each, but for mean average precision, in the order of their block. */
export const labelsStatistics = {
  accuracy: ({ columns: { right }, weights }: Weighted) => weightedMean(right, weights),
  // Both F1 are 0 where no image shows a class or is answered with one.
  microF1: ({ counts }: Weighted) => countsMicroF1(counts) || 0,
  macroF1: ({ counts }: Weighted) => countsMacroF1(counts) || 0,
  logLoss: ({ columns: { losses }, weights }: Weighted) => weightedMean(losses, weights),
  expectedCalibrationError: ({ columns, weights }: Weighted) => columns.calibrationError(weights),
} as const;

function countsMicroF1({ images, predicted, right }: ClassCounts): number {
  const sum = (counts: Float64Array) => counts.reduce((total, each) => total + each, 0);
  return (2 * sum(right)) / (sum(images) + sum(predicted));
}

/** {@link labelsStatistics} of weighted images. */
export const labelsBlock = (columns: LabelsColumns): ScoreBlock => ({
  size: Object.keys(labelsStatistics).length,
  compute(weights, out) {
    const weighted = { columns, weights, counts: columns.countsOf(weights) };
    for (const [index, statistic] of Object.values(labelsStatistics).entries()) {
      out[index] = statistic(weighted);
    }
  },
});

/** Average precision of each class; then their mean, over the classes that an image of the resample shows. */
export function meanPrecisionBlock(columns: readonly ClassColumn[]): ScoreBlock {
  const classes = averagePrecisionBlock(columns);
  return {
    size: columns.length + 1,
    compute(weights, out) {
      const averages = out.subarray(0, columns.length);
      classes.compute(weights, averages);
      const known = averages.filter((each) => !Number.isNaN(each));
      out[columns.length] = known.reduce((sum, each) => sum + each, 0) / known.length;
    },
  };
}
