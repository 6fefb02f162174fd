/** Temperature scaling out of fold: each image gets the temperature that was fitted to the images of the other folds. */
import { expected } from '../../errors.js';
import { atTemperature } from '../../prediction/index.js';
import { Random } from '../../random.js';
import { fitTemperature } from '../ensemble/temperature.js';
import { completeFolds } from '../metrics/folds.js';
import type { TaskPredictions } from '../read-predictions.js';

/** Parts of images without folds. */
const usualParts = 5;

/** The temperatures of a task, which is calibrated by them. */
export interface Temperatures {
  /** Whether the folds are those of the predictions, or parts that were drawn since these have none. */
  folds: 'predictions' | 'drawn';
  /** For each fold the temperature that was fitted to all others, 0.05…20. */
  outOfFold: { fold: number; images: number; temperature: number }[];
  /** The one that was fitted to all images: for new images, never for the scores of these. */
  all: number;
}

/**
 * Divides the logits of each image by a temperature, see {@link fitTemperature}, that was fitted to the images of all other folds, so no
 * image has a part in the temperature that it is judged with. Without folds, see {@link completeFolds}, the images are dealt to five parts,
 * as the seed decides.
 *
 * @returns the temperatures, and the rows of probabilities
 * @throws InvalidInputError where a fold has no others
 */
export function calibrated(
  { task, classes, images, labels }: TaskPredictions,
  seed: number,
): { temperatures: Temperatures; rows: Float64Array[] } {
  const given = completeFolds(images.map(({ fold }) => fold));
  const folds = given ?? partsOf(images.length, `${seed} ${task}`);
  const numbers = [...new Set(folds)].sort((a, b) => a - b);
  if (numbers.length < 2) {
    throw expected('two images or more to calibrate', `task ${task}`, images.length);
  }
  const head = { labels, from: 0, to: classes.length };
  const fitted = (chosen: readonly (typeof images)[number][]) =>
    fitTemperature(flat(chosen), {
      labels: chosen.map(({ label, labels: several }) => several ?? label) as number[],
    });
  const rows: Float64Array[] = new Array(images.length);
  const outOfFold = numbers.map((fold) => {
    const temperature = fitted(images.filter((_, index) => folds[index] !== fold));
    for (const [index, image] of images.entries()) {
      if (folds[index] === fold) {
        rows[index] = Float64Array.from(atTemperature(flat([image]), [head], temperature));
      }
    }
    return { fold, images: folds.filter((each) => each === fold).length, temperature };
  });
  const origin = given ? 'predictions' : 'drawn';
  return { temperatures: { folds: origin, outOfFold, all: fitted(images) }, rows };
}

/** [images, classes] */
function flat(images: readonly { row: Float64Array }[]): Float32Array {
  const columns = images[0]?.row.length ?? 0;
  const all = new Float32Array(images.length * columns);
  for (const [index, { row }] of images.entries()) {
    all.set(row, index * columns);
  }
  return all;
}

/** A part for each image, all of the same size or one more. */
function partsOf(images: number, key: string): number[] {
  const parts = Array.from({ length: images }, (_, index) => index % usualParts);
  return new Random(`calibrate ${key}`).shuffled(parts);
}
