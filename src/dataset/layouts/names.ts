/** Names that every layout reads in the same way: those of images, of splits, of other folders than classes and of the task. */
import path from 'node:path';
import type { Split } from '../types.js';

/** The name of an image file. */
export const imagePattern = /\.(jpe?g|png|webp|gif|tiff?|avif)$/i;

/** Names of each split in lower case. Where a source has several for validation, the first one in this list is used. */
export const splitNames: Readonly<Record<Split, readonly string[]>> = {
  train: ['train', 'training'],
  validation: ['validation', 'val', 'valid', 'dev', 'eval', 'evaluation', 'test', 'testing'],
};

/** Those of `names` that mean `split`, in any letter case, in the order of {@link splitNames}. */
export function namesOfSplit(split: Split, names: readonly string[]): string[] {
  return splitNames[split].flatMap((word) => names.filter((name) => name.toLowerCase() === word));
}

/** What a folder's name means, if it is not that of a class. */
export type Role = 'training split' | 'validation split' | 'kind of files';

const listOf = (words: string) => words.split(/\s+/);

/** Each in the singular. */
const roleWords: Readonly<Record<Role | 'any', readonly string[]>> = {
  'training split': splitNames.train,
  'validation split': [
    ...splitNames.validation,
    ...listOf('gallery holdout query unlabeled unlabelled'),
  ],
  'kind of files': listOf(
    `annot annotation bbox boundingbox caption coco csv depth gif groundtruth gt image img jpeg jpg json keypoint label landmark
    mask metadata photo pic picture png rgb segmentation thumb thumbnail tif tiff txt voc webp xml yolo`,
  ),
  // These change nothing beside the others, as in `stage1_train_set`, and mean nothing alone.
  any: listOf(
    'all class crop cropped data extra file folder full large object original part processed raw resized sample set small split stage',
  ),
};

const sequenceOf = (list: readonly string[]) => new RegExp(`^(?:(?:${list.join('|')})(?:e?s)?)+$`);
const whole = sequenceOf(Object.values(roleWords).flat());
const roles = ['training split', 'validation split', 'kind of files'] as const;

/** The role of a folder such as `test_images`, whose name consists of words for splits and kinds of files alone; digits do not count. */
export function roleOf(name: string): Role | undefined {
  const letters = name.toLowerCase().replace(/[^\p{L}]+/gu, '');
  return whole.test(letters)
    ? roles.find((role) => roleWords[role].some((word) => letters.includes(word)))
    : undefined;
}

/** The task of a source that does not name it: the folder's name. */
export function taskOfFolder(root: string): string {
  const name = path.basename(root).replace(/\W+/g, '-');
  return name.replace(/^-+|-+$/g, '') || 'images';
}

/** A warning that counts what was left out for one reason, or none where nothing was. */
export function leftOut(names: readonly string[], what: string): string[] {
  return names.length === 0 ? [] : [`${names.length} ${what}; the first is ${names[0]}.`];
}
