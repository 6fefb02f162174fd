/** Names that every layout reads in the same way: those of images, of splits and of the task. */
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

/** The task of a source that does not name it: the folder's name. */
export function taskOfFolder(root: string): string {
  const name = path.basename(root).replace(/\W+/g, '-');
  return name.replace(/^-+|-+$/g, '') || 'images';
}

/** A warning that counts what was left out for one reason, or none where nothing was. */
export function leftOut(names: readonly string[], what: string): string[] {
  return names.length === 0 ? [] : [`${names.length} ${what}; the first is ${names[0]}.`];
}
