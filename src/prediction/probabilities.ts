/** Refuses probabilities that are not finite: they would name a class, and make scores and means, that are none. */
import { expected } from '../errors.js';
import { nonFiniteIndex } from '../finite.js';

/**
 * @param probabilities [images, classes]
 * @param imageOf names the image of a row
 * @throws InvalidInputError for the first number that is not finite, with its image and class
 */
export function checkProbabilities(
  probabilities: ArrayLike<number>,
  classes: readonly string[],
  imageOf: (row: number) => string,
  remedy = '',
): void {
  const bad = nonFiniteIndex(probabilities);
  if (bad >= 0) {
    const image = imageOf(Math.floor(bad / classes.length));
    const received = `${probabilities[bad]} for ${classes[bad % classes.length]}`;
    throw expected('finite probabilities', image, received, remedy);
  }
}
