/** Answers as columns, and the weights of their images: what all metrics and their bootstrap intervals are computed from. */
import { type Answer, answersOf, type Scored } from './answers.js';

/** How often each image counts: 1 for a score; in a resample as often as it was drawn, which is never near 255 times. */
export type Weights = Uint8Array;

/** A score of weighted images; NaN where it has no value. Weights are in the order of the columns. */
export type Statistic = (columns: AnswerColumns, weights: Weights) => number;

/** See the file's heading. Each column has an entry for each image, by falling probability; equal ones keep their order. */
export class AnswerColumns {
  readonly length: number;
  /** The greatest number of a class that occurs, plus 1. */
  readonly classes: number;
  /** The index among the answers. */
  readonly images: Uint32Array;
  readonly labels: Int32Array;
  readonly tops: Int32Array;
  readonly ranks: Int32Array;
  /** 1 where the top class is the label. */
  readonly right: Uint8Array;
  /** 1 where the image counts in precision. */
  readonly counts: Uint8Array;
  /** Of the top class. */
  readonly probabilities: Float64Array;
  /** 1 where the next image has another probability: there all images of one probability have passed. */
  readonly ends: Uint8Array;
  /** −ln p of the label. */
  readonly losses: Float64Array;
  readonly squaredErrors: Float64Array;
  private readonly binned = new Map<number, Uint16Array>();

  constructor(given: readonly Answer[]) {
    this.length = given.length;
    this.images = fallingOrder(given.map(({ probability }) => probability));
    const answers = Array.from(this.images, (image) => given[image] as Answer);
    this.labels = Int32Array.from(answers, ({ label }) => label);
    this.tops = Int32Array.from(answers, ({ top }) => top);
    this.ranks = Int32Array.from(answers, ({ rank }) => rank);
    this.right = Uint8Array.from(answers, ({ label, top }) => (label === top ? 1 : 0));
    this.counts = Uint8Array.from(answers, ({ counts }) => (counts ? 1 : 0));
    this.probabilities = Float64Array.from(answers, ({ probability }) => probability);
    this.ends = Uint8Array.from(answers, ({ probability }, place) =>
      probability === answers[place + 1]?.probability ? 0 : 1,
    );
    this.losses = Float64Array.from(answers, (each) => lossOf(each.labelProbability));
    this.squaredErrors = Float64Array.from(answers, ({ squaredError }) => squaredError);
    const greatest = (classes: Int32Array) => classes.reduce((a, b) => Math.max(a, b), -1);
    this.classes = Math.max(greatest(this.labels), greatest(this.tops)) + 1;
  }

  /** For each image the bin of its top class's probability: see {@link binOf}. */
  binsOf(bins: number): Uint16Array {
    const known = this.binned.get(bins);
    const found = known ?? Uint16Array.from(this.probabilities, (value) => binOf(value, bins));
    this.binned.set(bins, found);
    return found;
  }
}

/** A probability of 0 counts as `least`, so that one image does not make a mean infinite; by default as scikit-learn has it. */
export const lossOf = (probability: number, least = 2 ** -52): number =>
  -Math.log(Math.max(probability, least));

/** The indices of scores by falling score; equal ones keep their order. */
export const fallingOrder = (scores: ArrayLike<number>): Uint32Array =>
  Uint32Array.from(scores, (_, index) => index).sort(
    (a, b) => (scores[b] as number) - (scores[a] as number) || a - b,
  );

/** The number, from 0, of the bin (from, to] of a probability among bins of equal width; 0 is in the first one. */
export function binOf(probability: number, bins: number): number {
  const near = Math.min(Math.max(Math.ceil(probability * bins) - 1, 0), bins - 1);
  // The product is rounded: the borders are the quotients.
  const below = near > 0 && probability <= near / bins ? -1 : 0;
  const above = near < bins - 1 && probability > (near + 1) / bins ? 1 : 0;
  return near + below + above;
}

/** A weight of 1 for each image. */
export const onceEach = (images: number): Weights => new Uint8Array(images).fill(1);

/** The score of answers; undefined where it has no value. */
export function statisticOf(statistic: Statistic, answers: readonly Answer[]): number | undefined {
  const score = statistic(new AnswerColumns(answers), onceEach(answers.length));
  return Number.isNaN(score) ? undefined : score;
}

/** The score of checked predictions, which always have one. */
export const valueFor = (statistic: Statistic, scored: Scored): number =>
  statisticOf(statistic, answersOf(scored)) as number;

/** Σ w v / Σ w, of which `values` has one v for each image. */
export function weightedMean(values: Float64Array | Uint8Array, weights: Weights): number {
  let [sum, total] = [0, 0];
  for (let place = 0; place < weights.length; place++) {
    const weight = weights[place] as number;
    sum += weight * (values[place] as number);
    total += weight;
  }
  return sum / total;
}
