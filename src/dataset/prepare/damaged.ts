/** Leaves damaged images out of a data set, and lists them in a file beside the manifest. */
import path from 'node:path';
import { ifPresent, readText, removeFile, writeWhole } from '../../disk/index.js';
import { type DamagedImage, type ImageFile, imageName } from '../image-file.js';
import type { HashedImage } from './duplicates.js';

/** Resolves to those of some images, given by absolute paths, that are damaged. */
export type CheckImages = (images: readonly ImageFile[]) => Promise<DamagedImage[]>;

/** In the prepared folder: a line for each damaged image, its name and the reason, divided by a tab. */
export const damagedFile = 'damaged.txt';

/** What is damaged, as far as it was checked. */
export interface Damage {
  /** Labelled images, which are left out. */
  damaged: DamagedImage[];
  /** Images of questions, which stay: the submission needs rows for them, too. */
  damagedQuestions: DamagedImage[];
}

interface CheckRequest {
  root: string;
  out: string;
  /** The files of the questions that can be read, from `root`. */
  questions: readonly string[];
  check: CheckImages | undefined;
}

/**
 * The images that are not damaged, and those that are. The list in `out` is that of this call: without `check` or damage there
 * is none, since one of an earlier call would not belong to the manifest.
 */
export async function leaveOutDamaged(
  images: readonly HashedImage[],
  { root, out, questions, check }: CheckRequest,
): Promise<{ images: readonly HashedImage[] } & Damage> {
  const located = (image: HashedImage): ImageFile => {
    const { range } = image;
    return { path: path.resolve(root, image.path), ...(range && { range }) };
  };
  // An image of several tasks is checked once.
  const files = new Map(images.map(located).map((file) => [imageName(file), file]));
  const asked = new Map(
    questions.map((file) => path.resolve(root, file)).map((file) => [file, { path: file }]),
  );
  const found = (await check?.([...new Map([...files, ...asked]).values()])) ?? [];
  const damaged = found.filter((image) => files.has(imageName(image)));
  const damagedQuestions = found.filter((image) => asked.has(imageName(image)));
  const list = path.join(out, damagedFile);
  await removeFile(list);
  if (found.length === 0) {
    return { images, damaged, damagedQuestions };
  }
  const lines = found.map((image) => `${imageName(image)}\t${image.reason}\n`);
  await writeWhole(list, lines.join(''));
  const names = new Set(damaged.map(imageName));
  const usable = images.filter((image) => !names.has(imageName(located(image))));
  return { images: usable, damaged, damagedQuestions };
}

/** The images that the list in the prepared folder `out` has; none without a list. */
export async function readDamaged(out: string): Promise<{ path: string; reason: string }[]> {
  const list = await ifPresent(readText(path.join(out, damagedFile)));
  const lines = (list ?? '').split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [name = '', reason = ''] = line.split('\t');
    return { path: name, reason };
  });
}
