/** Where each image of a data set goes: into train or validation, and into a fold. */
import { expected } from '../../errors.js';
import type { OptionValues } from '../../options.js';
import { boxOptions } from '../boxes/box.js';
import { mostFolds, type Split } from '../types.js';
import type { HashedImage } from './duplicates.js';
import { foldsByContent } from './folds.js';
import { splitByContent } from './split.js';

/** How `prepare` splits, and reads boxes. */
export const prepareOptions = {
  seed: {
    type: 'integer',
    default: 1,
    min: 0,
    max: 2 ** 31 - 1,
    help: 'which images validation gets',
  },
  validationFraction: {
    type: 'number',
    default: 0.1,
    min: 0,
    max: 0.9,
    help: 'share of each class that validation gets, where the source has no split of its own',
  },
  folds: {
    type: 'integer',
    default: 0,
    min: 0,
    max: mostFolds,
    help: 'folds of alike classes that all labelled images are put into, for `train --fold`; 0: none',
  },
  ...boxOptions,
} as const;

type SplitValues = Omit<OptionValues<typeof prepareOptions>, keyof typeof boxOptions>;

export interface Place {
  split: Split;
  fold?: number;
}

/** @throws InvalidInputError for one fold, which holds nothing back */
export function checkFolds(folds: number): void {
  if (folds === 1) {
    throw expected(`0 or an integer from 2 to ${mostFolds}`, 'folds', folds);
  }
}

/**
 * The place of each of `images`, which are in the split that the source gives them, or else in the one that the seed draws. The
 * images of a group are all in one split and in one fold.
 *
 * @throws InvalidInputError when the source gives two splits to the images of one group
 */
export function placesOf(
  images: readonly HashedImage[],
  { seed, validationFraction, folds }: SplitValues,
): (image: HashedImage) => Place {
  const ofGroups = splitsOfGroups(images);
  const givenTo = ({ given, group }: HashedImage) =>
    given ?? (group === undefined ? undefined : ofGroups.get(group)?.split);
  const undecided = images.filter((image) => givenTo(image) === undefined);
  const drawn = splitByContent(undecided, seed, validationFraction);
  const foldOf = folds === 0 ? undefined : foldsByContent(images, seed, folds);
  return (image) => {
    const split = givenTo(image) ?? drawn.get(image.hash) ?? 'train';
    const fold = foldOf?.get(image.hash);
    return { split, ...(fold !== undefined && { fold }) };
  };
}

/** The split of each group of which the source puts an image into one, and where it says so. */
function splitsOfGroups(
  images: readonly HashedImage[],
): Map<string, { split: Split; origin: string }> {
  const splits = new Map<string, { split: Split; origin: string }>();
  for (const { group, given, origin } of images) {
    if (group === undefined || given === undefined) {
      continue;
    }
    const first = splits.get(group);
    if (first !== undefined && first.split !== given) {
      const what = `${first.split}, as for ${first.origin},`;
      const name = `the split of group ${group} at ${origin}`;
      throw expected(what, name, given, 'A group is in one split: correct one of the two columns');
    }
    splits.set(group, { split: given, origin });
  }
  return splits;
}
