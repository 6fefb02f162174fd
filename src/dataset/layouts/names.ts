/** Names that every layout reads in the same way: those of images, of splits, of other folders than classes and of the task. */
import path from 'node:path';
import { count } from '../../plural.js';
import type { Split } from '../types.js';

/** The formats that are read, with the extensions of their files. Content decides how an image is decoded, and not its name. */
const extensionsOf = {
  JPEG: 'jpg jpeg jpe jfif jif jfi',
  PNG: 'png apng',
  WebP: 'webp',
  GIF: 'gif',
  TIFF: 'tif tiff',
  AVIF: 'avif',
  BMP: 'bmp dib',
  Netpbm: 'pbm pgm ppm pnm',
};

const namedBy = (extensions: string) =>
  new RegExp(`\\.(${extensions.trim().split(/\s+/).join('|')})$`, 'i');

/** The name of an image file. */
export const imagePattern = namedBy(Object.values(extensionsOf).join(' '));

/** The formats that are read, for messages. */
export const imageFormats = new Intl.ListFormat('en').format(Object.keys(extensionsOf));

/** The name of an image file in a format that is not read. */
export const unreadPattern = namedBy(`
  heic heif hif jp2 j2k jpf jpx jxl psd psb svg svgz ico tga pcx exr hdr qoi pam pfm eps xcf dcm
  raw dng cr2 cr3 crw nef nrw arw sr2 srf orf rw2 raf pef srw x3f`);

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
    `annot annotation bbox bmp boundingbox caption coco csv depth gif groundtruth gt image img jpeg jpg json keypoint label landmark
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

/** A warning that counts what was left out for one reason, or none where nothing was. `one` and `many` say what and why. */
export function leftOut(names: readonly string[], one: string, many: string): string[] {
  const [first] = names;
  if (first === undefined) {
    return [];
  }
  return [
    `${count(names.length, one, many)}; ${names.length === 1 ? 'it' : 'the first'} is ${first}.`,
  ];
}
