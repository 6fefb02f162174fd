/** Where the images of a prepared data set are: beside it as before, where they were, or in a folder that is named. */
import path from 'node:path';
import { expected } from '../../errors.js';
import { fileStamp } from '../file-stamp.js';
import type { Manifest } from '../types.js';
import { firstAbsent } from './first-absent.js';

/** A manifest as its file has it. */
export interface StoredManifest extends Manifest {
  /** The root as a path from the manifest's folder with `/` between its parts; earlier versions wrote none. */
  relativeRoot?: string;
}

/** The path of `root` from a manifest's folder; undefined where there is none, as between disks of Windows. */
export function relativeRootOf(folder: string, root: string): string | undefined {
  const way = path.relative(folder, root);
  return path.isAbsolute(way) ? undefined : way.split(path.sep).join('/') || '.';
}

/**
 * The manifest with the root that counts: `images` where it is given, or else the folder at the relative root if there is one,
 * since data and images move together.
 *
 * @throws InvalidInputError where none of the images is in `images`.
 */
export async function placed(
  { relativeRoot, ...manifest }: StoredManifest,
  folder: string,
  images: string | undefined,
): Promise<Manifest> {
  if (images !== undefined) {
    const root = path.resolve(images);
    const moved = { ...manifest, root };
    const absent = await firstAbsent(moved, manifest.samples);
    if (absent !== undefined) {
      throw expected('the folder of the images', 'images', root, `There is no ${absent}`);
    }
    return moved;
  }
  const beside = relativeRoot === undefined ? undefined : path.resolve(folder, relativeRoot);
  return beside && (await fileStamp(beside)) ? { ...manifest, root: beside } : manifest;
}
