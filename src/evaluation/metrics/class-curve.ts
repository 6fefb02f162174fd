/** One class of which each image may be or not: average precision and the best threshold, from the scores of the images. */
import { checkArgument, list } from '../../arguments.js';
import { expected, missing } from '../../errors.js';
import { nonFiniteIndex } from '../../finite.js';

/** The threshold of a class for which no better one is known: a sigmoid's output is as near to yes as to no. */
export const middleThreshold = 0.5;

/** The scores of a class, of the images that show it and of those that do not, each in rising order. */
export interface ClassCurve {
  positives: Float64Array;
  negatives: Float64Array;
}

/**
 * Average precision of one class, as scikit-learn's `average_precision_score`: Σ (Rₙ − Rₙ₋₁) Pₙ over the thresholds by falling
 * score, with precision P and recall R of the answers "yes" from the threshold on. Images of one score pass together, so their order
 * does not matter, and nothing is interpolated. 0 … 1.
 *
 * @param shown for each image whether it shows the class, true or 1
 * @param scores for each image a finite number, greater where the class is likelier, such as its probability
 * @returns undefined where no image shows the class
 * @throws InvalidInputError without images, for lists of different lengths, and for a score that is not finite
 */
export function averagePrecisionScore(
  shown: ArrayLike<boolean | number>,
  scores: ArrayLike<number>,
): number | undefined {
  return curveAveragePrecision(curveOf(shown, scores));
}

/**
 * The threshold with the greatest F1 of one class: an image is answered "yes" if its score is the threshold or greater. It is one of
 * the scores; of several with the same F1 the greatest. To score images honestly, choose it on others.
 *
 * @param shown as for {@link averagePrecisionScore}
 * @param scores as for {@link averagePrecisionScore}
 * @returns undefined where no image shows the class, since no threshold has an F1 above 0
 * @throws InvalidInputError as {@link averagePrecisionScore} does
 */
export function bestF1Threshold(
  shown: ArrayLike<boolean | number>,
  scores: ArrayLike<number>,
): number | undefined {
  return curveThreshold(curveOf(shown, scores));
}

/** {@link averagePrecisionScore} of a curve. */
export function curveAveragePrecision(curve: ClassCurve): number | undefined {
  const all = curve.positives.length;
  let [sum, before] = [0, 0];
  walk(curve, (_, right, answered) => {
    sum += ((right - before) / all) * (right / answered);
    before = right;
  });
  return all === 0 ? undefined : sum;
}

/** {@link bestF1Threshold} of a curve. */
export function curveThreshold(curve: ClassCurve): number | undefined {
  const all = curve.positives.length;
  let [best, greatest] = [undefined as number | undefined, 0];
  walk(curve, (threshold, right, answered) => {
    const f1 = (2 * right) / (all + answered);
    if (f1 > greatest) {
      [best, greatest] = [threshold, f1];
    }
  });
  return best;
}

/** Calls `take` at each score that occurs, the greatest first, with the images from it on: those that show the class, and all. */
function walk(
  { positives, negatives }: ClassCurve,
  take: (threshold: number, right: number, answered: number) => void,
): void {
  let [right, wrong] = [0, 0];
  const next = (sorted: Float64Array, taken: number) =>
    sorted[sorted.length - 1 - taken] ?? Number.NEGATIVE_INFINITY;
  while (right + wrong < positives.length + negatives.length) {
    const threshold = Math.max(next(positives, right), next(negatives, wrong));
    while (next(positives, right) === threshold) {
      right++;
    }
    while (next(negatives, wrong) === threshold) {
      wrong++;
    }
    take(threshold, right, right + wrong);
  }
}

/** The curve of checked lists. */
function curveOf(shown: ArrayLike<boolean | number>, scores: ArrayLike<number>): ClassCurve {
  checkArgument('shown', shown, list('a list of booleans'));
  checkArgument('scores', scores, list('a list of numbers'));
  if (scores.length === 0) {
    throw missing('one image or more', 'scores');
  }
  if (shown.length !== scores.length) {
    throw expected(`${scores.length}`, 'the number of images in shown', shown.length);
  }
  const bad = nonFiniteIndex(scores);
  if (bad >= 0) {
    throw expected('finite numbers', 'scores', `${scores[bad]} for image ${bad}`);
  }
  return curveFrom(shown, scores);
}

/** The curve of the images that `keep` chooses, by default all. */
export function curveFrom(
  shown: ArrayLike<boolean | number>,
  scores: ArrayLike<number>,
  keep: (image: number) => boolean = () => true,
): ClassCurve {
  const [positives, negatives] = [new Float64Array(scores.length), new Float64Array(scores.length)];
  let [shownSoFar, others] = [0, 0];
  for (let image = 0; image < scores.length; image++) {
    if (!keep(image)) {
      continue;
    }
    if (shown[image]) {
      positives[shownSoFar++] = scores[image] as number;
    } else {
      negatives[others++] = scores[image] as number;
    }
  }
  return {
    positives: positives.subarray(0, shownSoFar).sort(),
    negatives: negatives.subarray(0, others).sort(),
  };
}
