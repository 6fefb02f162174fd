/** The scores whose intervals are computed together, from the columns of the same answers. */
import type { ScoreBlock } from './bootstrap.js';
import {
  binSums,
  weightedBrierScore,
  weightedCalibrationError,
  weightedLogLoss,
} from './calibration.js';
import { type AnswerColumns, fallingOrder, type Statistic, type Weights } from './columns.js';
import {
  weightedAccuracy,
  weightedAveragePrecision,
  weightedAveragePrecisionByThreshold,
  weightedPrecision,
  weightedReciprocalRank,
} from './competition.js';
import { precisionsAt } from './coverage.js';
import {
  type ClassCounts,
  classCounts,
  weightedBalancedAccuracy,
  weightedMacroF1,
} from './shares.js';

/** The scores of a task of one label that are one number each; `bins` are those of the calibration error. */
export const statisticsOf = (bins: number) =>
  ({
    accuracy: weightedAccuracy,
    basicPrecision: weightedPrecision,
    averagePrecision: weightedAveragePrecision,
    averagePrecisionByThreshold: weightedAveragePrecisionByThreshold,
    meanReciprocalRank: weightedReciprocalRank,
    balancedAccuracy: weightedBalancedAccuracy,
    macroF1: weightedMacroF1,
    logLoss: weightedLogLoss,
    brierScore: weightedBrierScore,
    expectedCalibrationError: weightedCalibrationError(bins),
  }) as const satisfies Readonly<Record<string, Statistic>>;

export type ScoreName = keyof ReturnType<typeof statisticsOf>;

export const scoreNames = Object.keys(statisticsOf(1)) as ScoreName[];

export const statisticsBlock = (
  columns: AnswerColumns,
  statistics: readonly Statistic[],
): ScoreBlock => ({
  size: statistics.length,
  compute(weights, out) {
    for (const [index, statistic] of statistics.entries()) {
      out[index] = statistic(columns, weights);
    }
  },
});

/** Of each class its precision, its recall and its F1: three numbers that follow each other. */
export const classBlock = (
  countsOf: (weights: Weights) => ClassCounts,
  classes: number,
): ScoreBlock => ({
  size: 3 * classes,
  compute(weights, out) {
    const { images, predicted, right } = countsOf(weights);
    for (let index = 0; index < classes; index++) {
      const [all, answered] = [images[index] as number, predicted[index] as number];
      const hits = right[index] as number;
      // 0 / 0 is NaN: no value.
      out[3 * index] = hits / answered;
      out[3 * index + 1] = hits / all;
      out[3 * index + 2] = (2 * hits) / (all + answered);
    }
  },
});

/** The accuracy in each bin of the reliability diagram. */
export const binBlock = (columns: AnswerColumns, bins: number): ScoreBlock => ({
  size: bins,
  compute(weights, out) {
    const { images, rights } = binSums(columns, weights, bins);
    for (let bin = 0; bin < bins; bin++) {
      out[bin] = (rights[bin] as number) / (images[bin] as number);
    }
  },
});

/** The precision where each of rising numbers of images is covered. */
export const coverageBlock = (columns: AnswerColumns, covered: readonly number[]): ScoreBlock => ({
  size: covered.length,
  compute: (weights, out) => precisionsAt(covered, columns, weights, out),
});

/** Of the images of a class the share that was taken for another one; a pair is label · classes + top. */
export function confusionBlock(
  columns: AnswerColumns,
  pairs: readonly number[],
  classes: number,
): ScoreBlock {
  const { labels, tops } = columns;
  const indices = new Map(pairs.map((pair, index) => [pair, index]));
  const own = Int32Array.from(
    labels,
    (label, place) => indices.get(label * classes + (tops[place] as number)) ?? -1,
  );
  return {
    size: pairs.length,
    compute(weights, out) {
      out.fill(0);
      const { images } = classCounts(columns, weights, classes);
      for (let place = 0; place < own.length; place++) {
        const pair = own[place] as number;
        if (pair >= 0) {
          out[pair] = (out[pair] as number) + (weights[place] as number);
        }
      }
      for (const [index, pair] of pairs.entries()) {
        out[index] = (out[index] as number) / (images[Math.floor(pair / classes)] as number);
      }
    },
  };
}

/** One class of which each image may be or not: its score and whether it shows the class, in the order of the weights. */
export interface ClassColumn {
  scores: Float64Array;
  shown: Uint8Array;
}

/** Average precision of each class, as `curveAveragePrecision`, from the columns of its images. */
export function averagePrecisionBlock(columns: readonly ClassColumn[]): ScoreBlock {
  const orders = columns.map(classOrder);
  return {
    size: columns.length,
    compute(weights, out) {
      for (const [index, order] of orders.entries()) {
        out[index] = weightedClassPrecision(order, weights);
      }
    },
  };
}

/** The images of a class by falling score, and where precision is taken: after the last image of each score that one of them has. */
interface ClassOrder {
  /** All images down to the least score of one that shows the class. */
  images: Uint32Array;
  /** Those that show the class. */
  shown: Uint32Array;
  /** For each score of those: how many of `images`, and how many of `shown`, have it or a greater one. */
  passed: Uint32Array;
  right: Uint32Array;
}

function classOrder({ scores, shown }: ClassColumn): ClassOrder {
  const images = fallingOrder(scores);
  const own = images.filter((image) => shown[image] === 1);
  const [passed, right]: [number[], number[]] = [[], []];
  let hits = 0;
  for (const [index, image] of images.entries()) {
    hits += shown[image] as number;
    const next = images[index + 1];
    const isEnd = next === undefined || scores[next] !== scores[image];
    if (isEnd && hits > (right.at(-1) ?? 0)) {
      passed.push(index + 1);
      right.push(hits);
    }
  }
  return {
    images: images.slice(0, passed.at(-1) ?? 0),
    shown: own,
    passed: Uint32Array.from(passed),
    right: Uint32Array.from(right),
  };
}

/** Walks from one score to the next with no test on the way: it takes most of the time of all intervals. */
function weightedClassPrecision(order: ClassOrder, weights: Weights): number {
  const { images, shown, passed, right } = order;
  let [sum, answered, hits, place, hit] = [0, 0, 0, 0, 0];
  for (let step = 0; step < passed.length; step++) {
    const before = hits;
    for (const end = passed[step] as number; place < end; place++) {
      answered += weights[images[place] as number] as number;
    }
    for (const end = right[step] as number; hit < end; hit++) {
      hits += weights[shown[hit] as number] as number;
    }
    sum += hits > before ? (hits - before) * (hits / answered) : 0;
  }
  return sum / hits;
}
