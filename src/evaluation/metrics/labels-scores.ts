/** All scores of predictions of any number of labels an image, each with its bootstrap interval. */
import {
  checkArgument,
  checkArguments,
  list,
  optional,
  type ShapeOf,
  text,
} from '../../arguments.js';
import { expected, missing } from '../../errors.js';
import { nonFiniteIndex } from '../../finite.js';
import type { OptionTable } from '../../options.js';
import { type ClassColumn, classBlock } from './blocks.js';
import { type Interval, type Resampled, resample } from './bootstrap.js';
import { type ClassScore, type MeanScores, meanScores } from './class-scores.js';
import { meanAveragePrecision } from './competition.js';
import { answerLabels, type LabelsScored, microScores } from './labels-answers.js';
import {
  LabelsColumns,
  labelsBlock,
  labelsStatistics,
  meanPrecisionBlock,
} from './labels-blocks.js';
import {
  canOrder,
  classIntervals,
  mostIntervals,
  present,
  type ScoredClass,
  type ScoringOptions,
  scoringOptions,
} from './scores.js';

export const thresholdOptions = {
  threshold: {
    type: 'number',
    default: undefined,
    defaultHelp: 'of images in folds, the best on the other folds; else 0.5',
    min: 0,
    max: 1,
    help: 'where an image has any number of labels, the least probability of those that it is answered with',
  },
} as const satisfies OptionTable;

/** Predictions of a task of any number of labels an image, see {@link LabelsScored}, and the names of its classes. */
export interface LabelsScoresRequest extends LabelsScored, ScoringOptions {
  classes: readonly string[];
  /** The name of the task: each has random numbers of its own. Default none. */
  task?: string | undefined;
  /** The least probability, 0…1, of a class that an image is answered with. Default: see {@link LabelsScores}. */
  threshold?: number | undefined;
}

const shape = {
  probabilities: list('a list of rows'),
  labels: list('a list of lists of classes'),
  folds: optional(list('a list of folds')),
  classes: list('a list of names'),
  task: optional(text('the name of a task')),
  ...thresholdOptions,
  ...scoringOptions,
} satisfies ShapeOf<LabelsScoresRequest>;

/** The scores of one number each. */
export type LabelsScoreName = keyof typeof labelsStatistics | 'meanAveragePrecision';

/**
 * All scores of a task of any number of labels; shares are 0…1, and intervals are of 95 %.
 *
 * An image is answered with each class whose probability reaches the threshold. If none is given and each image has one of several
 * folds, each fold has the thresholds with the greatest F1 on the others; otherwise it is 0.5.
 */
export interface LabelsScores {
  task?: string;
  labels: 'any';
  classes: readonly string[];
  images: number;
  /** Share of the images that are answered with all their labels and no others. */
  accuracy: number;
  /**
   * The mean over the classes with images of their average precision, as scikit-learn's `average_precision_score` with `macro`. Absent
   * if no class has an image.
   */
  meanAveragePrecision?: number;
  /** F1 of all answers of all classes together; 0 if there are neither labels nor answers. */
  microF1: number;
  /** Mean F1 of the classes that have images or answers; 0 if none has. */
  macroF1: number;
  /**
   * Binary cross-entropy: the mean over images and classes of −ln p of the classes that are shown and of −ln (1 − p) of the others. A
   * probability below 2⁻⁵² counts as 2⁻⁵².
   */
  logLoss: number;
  /**
   * As {@link expectedCalibrationError} for one label, over all pairs of an image and a class: they are sorted into bins by p, and
   * ECE = Σ |B| / n · |share of shown classes in B − mean p in B|.
   */
  expectedCalibrationError: number;
  /** The intervals of the scores above; none without resamples. Thresholds stay those of all images. */
  intervals: Partial<Record<LabelsScoreName, Interval>>;
  /** Precision, recall and F1 of all answers of all classes together. */
  micro: MeanScores;
  /** Means over the classes. */
  macro: MeanScores;
  /** Means over the classes, each weighted by its number of images. */
  weighted: MeanScores;
  /** With average precision and threshold. */
  classScores: ScoredClass[];
  resamples: number;
  seed: number;
}

/**
 * All scores of predictions of any number of labels, with bootstrap intervals, as {@link scoresOf} for one label an image.
 *
 * @throws InvalidInputError when an argument is unknown or of another kind, when there is no image, when lists differ in length, when
 *   a probability is not finite, and when a label names no class
 */
export function labelsScoresOf(request: LabelsScoresRequest): LabelsScores {
  checkArguments('labelsScoresOf', request, shape);
  checkLabels(request);
  return resampledLabelsScores(request).scores;
}

/** Scores, and what each score of one number was in each resample, NaN where it had no value. */
export interface ResampledLabelsScores {
  scores: LabelsScores;
  replicates: Record<LabelsScoreName, Float64Array>;
  /** For each image the classes that it is answered with, ascending. */
  answered: number[][];
}

/** {@link labelsScoresOf} a checked request. */
export function resampledLabelsScores(request: LabelsScoresRequest): ResampledLabelsScores {
  const { classes, task, labels, probabilities, threshold } = request;
  const {
    resamples = scoringOptions.resamples.default,
    seed = scoringOptions.seed.default,
    bins = scoringOptions.bins.default,
  } = request;
  const { answered, classScores } = answerLabels(request, classes, threshold);
  const images = labels.length;
  const columns = new LabelsColumns(request, answered, { classes: classes.length, bins });
  const column = (index: number): ClassColumn => ({
    scores: Float64Array.from(probabilities, (row) => row[index] as number),
    shown: Uint8Array.from(labels, (own) => (own.includes(index) ? 1 : 0)),
  });
  const hasIntervals = classes.length <= mostIntervals;
  const isOrdered = canOrder({ images, classes: classes.length, resamples });
  const found = resample(
    {
      main: labelsBlock(columns),
      classes: classBlock(
        (weights) => columns.countsOf(weights),
        hasIntervals ? classes.length : 0,
      ),
      averages: meanPrecisionBlock(isOrdered ? classes.map((_, index) => column(index)) : []),
    },
    { images, resamples, seed, name: task ?? '' },
  );
  const main = mainOf(found, classScores);
  const scores: LabelsScores = {
    ...(task !== undefined && { task }),
    ...{ labels: 'any', classes, images },
    ...main.scores,
    micro: microScores(classScores),
    macro: meanScores(classScores, 'macro'),
    weighted: meanScores(classScores, 'weighted'),
    classScores: classScores.map((score, index) => ({
      ...score,
      intervals: classIntervals(found, index),
    })),
    resamples,
    seed,
  };
  return { scores, replicates: main.replicates, answered };
}

type MainScores = Pick<LabelsScores, LabelsScoreName | 'intervals'>;

/** The scores of one number each, their intervals, and what they were in each resample. */
function mainOf(
  { main, averages }: { main: Resampled; averages: Resampled },
  classScores: readonly ClassScore[],
): { scores: MainScores } & Pick<ResampledLabelsScores, 'replicates'> {
  const known = classScores.flatMap(({ averagePrecision }) => averagePrecision ?? []);
  const parts = [
    // The mean is the last of its block.
    {
      ...{ name: 'meanAveragePrecision', found: averages, index: averages.size - 1 },
      score: known.length === 0 ? undefined : meanAveragePrecision(known),
    },
    ...Object.keys(labelsStatistics).map((name, index) => ({
      ...{ name, found: main, index, score: main.score(index) },
    })),
  ];
  const byName = (of: (part: (typeof parts)[number]) => unknown) =>
    present(Object.fromEntries(parts.map((part) => [part.name, of(part)])));
  return {
    scores: {
      ...(byName(({ score }) => score) as Pick<LabelsScores, LabelsScoreName>),
      intervals: byName(({ found, index }) => found.interval(index)),
    },
    replicates: byName(({ found, index }) => found.replicatesOf(index)) as Record<
      LabelsScoreName,
      Float64Array
    >,
  };
}

function checkLabels({ probabilities, labels, folds, classes }: LabelsScoresRequest): void {
  const images = probabilities.length;
  if (images === 0) {
    throw missing('one image or more', 'probabilities');
  }
  for (const [name, found] of [
    ['labels', labels.length],
    ['folds', folds?.length ?? images],
  ] as const) {
    if (found !== images) {
      throw expected(`${images}`, `the number of ${name}`, found);
    }
  }
  for (const [index, row] of probabilities.entries()) {
    if (row.length !== classes.length) {
      throw expected(`${classes.length} probabilities`, `image ${index}`, row.length);
    }
    const bad = nonFiniteIndex(row);
    if (bad >= 0) {
      throw expected('finite numbers', `the probabilities of image ${index}`, row[bad]);
    }
    const own = labels[index] as readonly number[];
    checkArgument(`the labels of image ${index}`, own, list('a list of classes'));
    const odd = own.find((label, place) => !(label in classes) || own.indexOf(label) < place);
    if (odd !== undefined) {
      const wanted = `different classes from 0 to ${classes.length - 1}`;
      throw expected(wanted, `the labels of image ${index}`, own);
    }
  }
}
