/** Leaves damaged images out of a data set, and lists them in a file beside the manifest. */
import path from 'node:path';
import { removeFile, writeWhole } from '../../disk/index.js';
import { type DamagedImage, type ImageFile, imageName } from '../image-file.js';
import type { HashedImage } from './duplicates.js';

/** Resolves to those of some images, given by absolute paths, that are damaged. */
export type CheckImages = (images: readonly ImageFile[]) => Promise<DamagedImage[]>;

/** In the prepared folder: a line for each damaged image, its name and the reason, divided by a tab. */
export const damagedFile = 'damaged.txt';

/**
 * The images that are not damaged, and those that are. The list in `out` is that of this call: without `check` or damage there
 * is none, since one of an earlier call would not belong to the manifest.
 */
export async function leaveOutDamaged(
  images: readonly HashedImage[],
  { root, out, check }: { root: string; out: string; check?: CheckImages | undefined },
): Promise<{ images: readonly HashedImage[]; damaged: DamagedImage[] }> {
  const located = (image: HashedImage): ImageFile => {
    const { range } = image;
    return { path: path.resolve(root, image.path), ...(range && { range }) };
  };
  // An image of several tasks is checked once.
  const files = new Map(images.map(located).map((file) => [imageName(file), file]));
  const damaged = (await check?.([...files.values()])) ?? [];
  const list = path.join(out, damagedFile);
  await removeFile(list);
  if (damaged.length === 0) {
    return { images, damaged };
  }
  const lines = damaged.map((image) => `${imageName(image)}\t${image.reason}\n`);
  await writeWhole(list, lines.join(''));
  const names = new Set(damaged.map(imageName));
  return { images: images.filter((image) => !names.has(imageName(located(image)))), damaged };
}
