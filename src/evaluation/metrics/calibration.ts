/** How well probabilities tell how often they are right: log loss, Brier score, calibration error and the bins of its diagram. */
import { checkArguments, type ShapeOf } from '../../arguments.js';
import type { OptionTable } from '../../options.js';
import { type Answer, answersOf, type Scored } from './answers.js';
import {
  AnswerColumns,
  onceEach,
  type Statistic,
  valueFor,
  type Weights,
  weightedMean,
} from './columns.js';

export const calibrationOptions = {
  bins: {
    type: 'integer',
    default: 15,
    min: 1,
    max: 1000,
    help: 'equal parts of 0…1 into which the probabilities of the top classes are sorted',
  },
} as const satisfies OptionTable;

/** How many bins. */
export interface BinsOptions {
  /** Default 15. */
  bins?: number | undefined;
}

const shape = calibrationOptions satisfies ShapeOf<BinsOptions>;

/** One bin of a reliability diagram: the images whose top class has a probability in (from, to]. */
export interface ReliabilityBin {
  from: number;
  to: number;
  /** Images in the bin. */
  images: number;
  /** The mean probability of their top classes, 0…1; absent in an empty bin. */
  confidence?: number;
  /** The share of right top classes, 0…1; absent in an empty bin. */
  accuracy?: number;
}

/**
 * Log loss: the mean over images of −ln p of the label, as scikit-learn's `log_loss`; 0 is the best, ln(classes) that of a guess. A
 * probability below 2⁻⁵² counts as 2⁻⁵². Marks maybe do not matter.
 */
export function logLoss(scored: Scored): number {
  return valueFor(weightedLogLoss, scored);
}

/**
 * Brier score: the mean over images of Σ (p − y)² over the classes, where y is 1 for the label and 0 for the others; 0…2, and 0 is
 * the best (Brier 1950, https://doi.org/10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2). Of two classes it is twice the binary
 * score. Marks maybe do not matter.
 */
export function brierScore(scored: Scored): number {
  return valueFor(weightedBrierScore, scored);
}

/**
 * Expected calibration error (Guo et al. 2017, https://arxiv.org/abs/1706.04599, equation 3): the images are sorted into bins of equal
 * width by the probability of their top class, and ECE = Σ |B| / n · |accuracy(B) − confidence(B)| over the bins B that have images;
 * 0…1, and 0 is the best. A probability on the border of two bins belongs to the lower one, as in the paper. An image whose top class is
 * marked maybe is wrong, as in accuracy.
 *
 * @throws InvalidInputError as {@link Scored} says, and for bins that are not an integer from 1 to 1000
 */
export function expectedCalibrationError(scored: Scored, options: BinsOptions = {}): number {
  return valueFor(weightedCalibrationError(binsOf('expectedCalibrationError', options)), scored);
}

/**
 * The bins of {@link expectedCalibrationError}, for a reliability diagram, in rising order. Empty ones are listed, too.
 *
 * @throws InvalidInputError as {@link expectedCalibrationError} does
 */
export function reliabilityBins(scored: Scored, options: BinsOptions = {}): ReliabilityBin[] {
  return answerBins(answersOf(scored), binsOf('reliabilityBins', options));
}

function binsOf(owner: string, options: BinsOptions): number {
  checkArguments(owner, options, shape);
  return options.bins ?? calibrationOptions.bins.default;
}

/** {@link logLoss} of weighted images. */
export function weightedLogLoss({ losses }: AnswerColumns, weights: Weights): number {
  return weightedMean(losses, weights);
}

/** {@link brierScore} of weighted images. */
export function weightedBrierScore({ squaredErrors }: AnswerColumns, weights: Weights): number {
  return weightedMean(squaredErrors, weights);
}

/** {@link expectedCalibrationError} of weighted images. */
export const weightedCalibrationError =
  (bins: number): Statistic =>
  (columns, weights) => {
    const { images, confidences, rights } = binSums(columns, weights, bins);
    let [gap, total] = [0, 0];
    for (let bin = 0; bin < bins; bin++) {
      gap += Math.abs((rights[bin] as number) - (confidences[bin] as number));
      total += images[bin] as number;
    }
    return gap / total;
  };

/** The {@link reliabilityBins} of answers. */
export function answerBins(answers: readonly Answer[], bins: number): ReliabilityBin[] {
  const sums = binSums(new AnswerColumns(answers), onceEach(answers.length), bins);
  return Array.from(sums.images, (images, bin) => ({
    from: bin / bins,
    to: (bin + 1) / bins,
    images,
    ...(images > 0 && {
      confidence: (sums.confidences[bin] as number) / images,
      accuracy: (sums.rights[bin] as number) / images,
    }),
  }));
}

/** For each bin the sums over its weighted images. */
export interface BinSums {
  images: Float64Array;
  /** Of the probabilities of the top classes. */
  confidences: Float64Array;
  rights: Float64Array;
}

export function binSums(columns: AnswerColumns, weights: Weights, bins: number): BinSums {
  const [images, confidences, rights] = [0, 0, 0].map(() => new Float64Array(bins)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const { probabilities, right } = columns;
  const own = columns.binsOf(bins);
  for (let place = 0; place < weights.length; place++) {
    const [bin, weight] = [own[place] as number, weights[place] as number];
    images[bin] = (images[bin] as number) + weight;
    confidences[bin] = (confidences[bin] as number) + weight * (probabilities[place] as number);
    rights[bin] = (rights[bin] as number) + weight * (right[place] as number);
  }
  return { images, confidences, rights };
}
