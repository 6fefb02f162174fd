/** The precision–coverage curve: how right the answers are if the least certain ones are held back. */
import { type Answer, answersOf, type Scored } from './answers.js';
import { AnswerColumns, onceEach, type Weights } from './columns.js';

/** Answers with a probability of `threshold` or more. */
export interface CoveragePoint {
  /** A probability that occurs. */
  threshold: number;
  /** The share of all images that are answered, 0…1. */
  coverage: number;
  /** The share of right ones, 0…1, among those of them that count; absent if none counts. */
  precision?: number;
}

/**
 * The precision–coverage curve, also called risk–coverage curve with the risk 1 − precision (El-Yaniv and Wiener 2010,
 * https://jmlr.org/papers/v11/el-yaniv10a.html): a point for each distinct probability of a top class, by falling threshold. Images of
 * one probability pass together, so their order does not matter. As in {@link basicPrecision}, an image whose top class is marked
 * maybe is covered, but no part of the precision; so the last point, of coverage 1, has the basic precision.
 *
 * @throws InvalidInputError as {@link Scored} says
 */
export function precisionCoverage(scored: Scored): CoveragePoint[] {
  return answerCoverage(answersOf(scored));
}

/** {@link precisionCoverage} of answers. */
export function answerCoverage(answers: readonly Answer[]): CoveragePoint[] {
  const points: CoveragePoint[] = [];
  const columns = new AnswerColumns(answers);
  walk(columns, onceEach(answers.length), (threshold, { covered, counted, right }) => {
    const precision = counted > 0 ? { precision: right / counted } : {};
    points.push({ threshold, coverage: covered / answers.length, ...precision });
  });
  return points;
}

/**
 * The precision of weighted images where the first threshold covers each of `covered`, numbers of images that rise; NaN where no
 * covered image counts.
 *
 * @param out gets them
 */
export function precisionsAt(
  covered: ArrayLike<number>,
  columns: AnswerColumns,
  weights: Weights,
  out: Float64Array,
): void {
  let next = 0;
  walk(columns, weights, (_, passed) => {
    while (next < covered.length && passed.covered >= (covered[next] as number)) {
      out[next++] = passed.right / passed.counted;
    }
  });
}

/** Sums over the images whose top class has the threshold's probability or more. */
interface Passed {
  covered: number;
  counted: number;
  right: number;
}

/** Calls `take` at each distinct probability, the greatest first. */
function walk(
  { right, counts, ends, probabilities }: AnswerColumns,
  weights: Weights,
  take: (threshold: number, passed: Readonly<Passed>) => void,
): void {
  const passed = { covered: 0, counted: 0, right: 0 };
  for (let place = 0; place < weights.length; place++) {
    const weight = weights[place] as number;
    const counted = weight * (counts[place] as number);
    passed.covered += weight;
    passed.counted += counted;
    passed.right += counted * (right[place] as number);
    if (ends[place] === 1) {
      take(probabilities[place] as number, passed);
    }
  }
}
