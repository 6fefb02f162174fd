/** All scores of predictions of one label an image, each with its bootstrap interval. */
import { checkArguments, list, optional, type ShapeOf, text } from '../../arguments.js';
import { expected } from '../../errors.js';
import { type Answer, answersOf, type Scored } from './answers.js';
import {
  averagePrecisionBlock,
  binBlock,
  type ClassColumn,
  classBlock,
  confusionBlock,
  coverageBlock,
  type ScoreName,
  scoreNames,
  statisticsBlock,
  statisticsOf,
} from './blocks.js';
import { bootstrapOptions, type Interval, type Resampled, resample } from './bootstrap.js';
import { answerBins, calibrationOptions, type ReliabilityBin } from './calibration.js';
import { curveAveragePrecision, curveFrom } from './class-curve.js';
import {
  type ClassScore,
  type Confused,
  classScores,
  confusedClasses,
  type MeanScores,
  meanScores,
} from './class-scores.js';
import { AnswerColumns } from './columns.js';
import { answerCoverage, type CoveragePoint } from './coverage.js';
import { classCounts, weightedTopAccuracy } from './shares.js';

/** How scores and their intervals are computed. */
export interface ScoringOptions {
  /** Default 1000; 0 for no intervals. */
  resamples?: number | undefined;
  /** Default 1. */
  seed?: number | undefined;
  /** Of the reliability diagram and the calibration error. Default 15. */
  bins?: number | undefined;
}

/** Predictions of a task of one label an image, see {@link Scored}, and the names of its classes. */
export interface ScoresRequest extends Scored, ScoringOptions {
  classes: readonly string[];
  /** The name of the task: each has random numbers of its own. Default none. */
  task?: string | undefined;
}

export const scoringOptions = { ...bootstrapOptions, ...calibrationOptions };

const shape = {
  probabilities: list('a list of rows'),
  labels: list('a list of classes'),
  maybe: optional(list('a list of lists of classes')),
  classes: list('a list of names'),
  task: optional(text('the name of a task')),
  ...scoringOptions,
} satisfies ShapeOf<ScoresRequest>;

/** A class's scores; their 95 % intervals are absent where the score is, or without resamples. */
export interface ScoredClass extends ClassScore {
  intervals: {
    precision?: Interval;
    recall?: Interval;
    f1?: Interval;
    averagePrecision?: Interval;
  };
}

/** Images of one class that were taken for another. */
export interface ScoredConfusion extends Confused {
  /** Of the images of the class, 0…1. */
  share: number;
  /** Of the share, for the 100 most frequent. */
  interval?: Interval;
}

/** All scores of a task of one label; shares are 0…1, and intervals are of 95 %. Each score has the name of its function. */
export interface Scores {
  task?: string;
  classes: readonly string[];
  images: number;
  /** Images whose top class is not marked maybe: those that count in precision. */
  counted: number;
  accuracy: number;
  /** Absent if no image counts, as is averagePrecision. */
  basicPrecision?: number;
  averagePrecision?: number;
  averagePrecisionByThreshold?: number;
  meanReciprocalRank: number;
  balancedAccuracy: number;
  macroF1: number;
  logLoss: number;
  brierScore: number;
  expectedCalibrationError: number;
  /** The intervals of the scores above; none without resamples. */
  intervals: Partial<Record<ScoreName, Interval>>;
  /** Top-k accuracy for k = 2, 3 and 5, where there are more classes. */
  topAccuracy: { k: number; accuracy: number; interval?: Interval }[];
  /** Means over the classes. */
  macro: MeanScores;
  /** Means over the classes, each weighted by its number of images. */
  weighted: MeanScores;
  classScores: ScoredClass[];
  /** The most frequent first. */
  confused: ScoredConfusion[];
  /** Intervals are of the accuracy. */
  reliability: (ReliabilityBin & { interval?: Interval })[];
  /** The first point that covers each hundredth of the images; the whole curve is `precisionCoverage`. Intervals are of the precision. */
  precisionCoverage: (CoveragePoint & { interval?: Interval })[];
  resamples: number;
  seed: number;
}

/** More confused pairs have no interval. */
const mostPairs = 100;
/** Classes of a task with more of them have no intervals, since these would fill the memory. */
export const mostIntervals = 1000;
/** Images · classes · resamples: with more of them, which take about ten seconds, average precision has no interval. */
const mostSteps = 5e9;

/** Whether average precision has intervals, for which each class's images are ordered. */
export const canOrder = (counts: { images: number; classes: number; resamples: number }): boolean =>
  counts.classes <= mostIntervals &&
  counts.resamples > 0 &&
  counts.images * counts.classes * counts.resamples <= mostSteps;

const topCounts = [2, 3, 5];

/**
 * All scores of predictions, with bootstrap intervals: the 2.5th and 97.5th percentile of `resamples` draws of as many images as there
 * are, with replacement, not stratified by class.
 *
 * Per-class scores are absent where they are 0/0: recall and average precision of a class without images, precision of one that is
 * never predicted. Classes of a task with more than 1000 have no intervals.
 *
 * @throws InvalidInputError when an argument is unknown or of another kind, as {@link Scored} says, and when a row has not a number for
 *   each class
 */
export function scoresOf(request: ScoresRequest): Scores {
  checkArguments('scoresOf', request, shape);
  return resampledScores(request).scores;
}

/** Scores, and what each score of one number was in each resample, NaN where it had no value. */
export interface ResampledScores<Found extends MainScores = Scores> {
  scores: Found;
  replicates: Record<ScoreName, Float64Array>;
}

/** {@link scoresOf} checked options. */
export function resampledScores(request: ScoresRequest): ResampledScores {
  const { probabilities, classes } = request;
  const answers = answersOf(request);
  const other = probabilities.findIndex(({ length }) => length !== classes.length);
  if (other >= 0) {
    const { length } = probabilities[other] as ArrayLike<number>;
    throw expected(`${classes.length} probabilities`, `image ${other}`, length);
  }
  return scoresOfAnswers(answers, request);
}

function scoresOfAnswers(answers: readonly Answer[], request: ScoresRequest): ResampledScores {
  const { classes, task } = request;
  const {
    resamples = scoringOptions.resamples.default,
    seed = scoringOptions.seed.default,
    bins = scoringOptions.bins.default,
  } = request;
  const columns = new AnswerColumns(answers);
  const column = (index: number) => classColumn(request, columns, index);
  const counts = topCounts.filter((k) => k < classes.length);
  const pairs = confusedClasses(answers, classes);
  const places = new Map(classes.map((name, index) => [name, index]));
  const curve = hundredths(answerCoverage(answers), answers.length);
  const ownClasses = classes.length <= mostIntervals ? classes.length : 0;
  const isOrdered = canOrder({ images: answers.length, classes: classes.length, resamples });
  const found = resample(
    {
      main: statisticsBlock(columns, Object.values(statisticsOf(bins))),
      top: statisticsBlock(columns, counts.map(weightedTopAccuracy)),
      bins: binBlock(columns, bins),
      coverage: coverageBlock(
        columns,
        curve.map(({ coverage }) => Math.round(coverage * answers.length)),
      ),
      pairs: confusionBlock(columns, pairsOf(pairs.slice(0, mostPairs), places), classes.length),
      classes: classBlock((weights) => classCounts(columns, weights, ownClasses), ownClasses),
      averages: averagePrecisionBlock(isOrdered ? classes.map((_, index) => column(index)) : []),
    },
    { images: answers.length, resamples, seed, name: task ?? '' },
  );
  const scores = classScores(answers, classes);
  const all: Scores = {
    ...(task !== undefined && { task }),
    classes,
    images: answers.length,
    counted: answers.filter((each) => each.counts).length,
    ...mainOf(found.main),
    topAccuracy: counts.map((k, index) => ({
      ...{ k, accuracy: found.top.score(index) as number },
      ...intervalOf(found.top, index),
    })),
    macro: meanScores(scores, 'macro'),
    weighted: meanScores(scores, 'weighted'),
    classScores: scoredClasses(scores, column, found),
    confused: pairs.map((each, index) => ({
      ...each,
      share: each.images / (scores[places.get(each.truth) as number] as ClassScore).images,
      ...intervalOf(found.pairs, index),
    })),
    reliability: answerBins(answers, bins).map((each, index) => ({
      ...each,
      ...intervalOf(found.bins, index),
    })),
    precisionCoverage: curve.map((each, index) => ({
      ...each,
      ...intervalOf(found.coverage, index),
    })),
    resamples,
    seed,
  };
  return { scores: all, replicates: replicatesByName(found.main) };
}

const replicatesByName = (found: Resampled): Record<ScoreName, Float64Array> =>
  Object.fromEntries(scoreNames.map((name, index) => [name, found.replicatesOf(index)])) as Record<
    ScoreName,
    Float64Array
  >;

/** The scores of one number each, and their intervals. */
export type MainScores = Pick<Scores, ScoreName | 'intervals'>;

/** The scores that need no more of an image than its answer; with the usual resamples, seed and bins. */
export function mainScores(
  answers: readonly Answer[],
  { name }: { name: string },
): ResampledScores<MainScores> {
  const statistics = Object.values(statisticsOf(scoringOptions.bins.default));
  const found = resample(
    { main: statisticsBlock(new AnswerColumns(answers), statistics) },
    {
      ...{ images: answers.length, name },
      resamples: scoringOptions.resamples.default,
      seed: scoringOptions.seed.default,
    },
  );
  return { scores: mainOf(found.main), replicates: replicatesByName(found.main) };
}

function mainOf(found: Resampled): MainScores {
  const byName = (of: (index: number) => unknown) =>
    present(Object.fromEntries(scoreNames.map((name, index) => [name, of(index)])));
  return {
    ...(byName((index) => found.score(index)) as Pick<Scores, ScoreName>),
    intervals: byName((index) => found.interval(index)),
  };
}

/** The points that first cover a hundredth of the images, two hundredths …; each once. */
function hundredths(points: readonly CoveragePoint[], images: number): CoveragePoint[] {
  let share = 1;
  return points.filter(({ coverage }) => {
    // Whole numbers, since a product of shares is rounded.
    const covered = 100 * Math.round(coverage * images);
    const isFirst = covered >= share * images;
    share = Math.max(share, Math.floor(covered / images) + 1);
    return isFirst;
  });
}

const pairsOf = (pairs: readonly Confused[], places: ReadonlyMap<string, number>): number[] =>
  pairs.map(
    ({ truth, prediction }) =>
      (places.get(truth) as number) * places.size + (places.get(prediction) as number),
  );

function intervalOf(found: Resampled, index: number): { interval?: Interval } {
  const interval = found.interval(index);
  return interval === undefined ? {} : { interval };
}

/** In the order of the columns. */
const classColumn = (
  { probabilities }: Scored,
  { images, labels }: AnswerColumns,
  index: number,
): ClassColumn => ({
  scores: Float64Array.from(images, (image) => probabilities[image]?.[index] as number),
  shown: Uint8Array.from(labels, (label) => (label === index ? 1 : 0)),
});

function scoredClasses(
  scores: readonly ClassScore[],
  column: (index: number) => ClassColumn,
  found: { classes: Resampled; averages: Resampled },
): ScoredClass[] {
  return scores.map((score, index) => {
    const { shown, scores: probabilities } = column(index);
    return {
      ...score,
      averagePrecision: curveAveragePrecision(curveFrom(shown, probabilities)),
      intervals: classIntervals(found, index),
    };
  });
}

/** The intervals of a class, from those of all. */
export function classIntervals(
  { classes, averages }: { classes: Resampled; averages: Resampled },
  index: number,
): ScoredClass['intervals'] {
  const [precision, recall, f1] = [0, 1, 2].map((part) => classes.interval(3 * index + part));
  return present({ precision, recall, f1, averagePrecision: averages.interval(index) });
}

/** Without the fields that are undefined. */
export const present = <Value extends object>(record: Value): Value =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Value;
