/** The folds by which scores are judged out of fold. */

/**
 * The fold of each image if every image has one and there are several; otherwise undefined. An image without a fold may show the same
 * thing as one of any fold, so with one such image no fold can be kept out.
 */
export function completeFolds(folds: readonly (number | undefined)[]): number[] | undefined {
  const known = folds.filter((fold) => fold !== undefined);
  return known.length === folds.length && new Set(known).size > 1 ? known : undefined;
}
