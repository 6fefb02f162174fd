/** The hashes of a source's files: of images, and of the files that name or label them. */
import path from 'node:path';
import { InvalidInputError } from '../../errors.js';
import type { FileStamp } from '../file-stamp.js';
import { pathFrom } from '../files/folders.js';
import type { OnProgress } from '../layouts/layout.js';
import type { LabelFile } from '../types.js';
import type { HashedImage } from './duplicates.js';
import { type Hashed, hashFiles, stampFiles } from './hash.js';
import { remedyFor } from './missing.js';
import type { ReadSource } from './source.js';

/** The files of labels, questions and boxes, with their hashes; without those that were removed since they were read. */
export async function labelFilesOf(
  { root, labelFiles }: ReadSource,
  boxes: string | undefined,
): Promise<LabelFile[]> {
  const files = [...labelFiles, ...(boxes === undefined ? [] : [pathFrom(root, boxes)])];
  const hashes = await hashFiles(files.map((file) => path.resolve(root, file)));
  return files.flatMap((file) => {
    const hashed = hashes.get(path.resolve(root, file));
    return hashed && 'hash' in hashed ? [{ path: file, ...hashed }] : [];
  });
}

/** The hash of a file by its path in the source, or why there is none. A hash that is known already stays. */
export type HashOf = (file: { path: string; hash?: string }) => Hashed | undefined;

/** Hashes all files of a source but the images that its reader has hashed, whose shards get a stamp. */
export async function hashesOf(found: ReadSource, onProgress?: OnProgress): Promise<HashOf> {
  const absolute = (file: string) => path.resolve(found.root, file);
  const whole = found.labelled.filter(({ hash }) => hash === undefined);
  const parts = found.labelled.filter(({ hash }) => hash !== undefined);
  const files = [...whole.map((image) => image.path), ...found.questions.map(({ file }) => file)];
  const hashes = await hashFiles(files.map(absolute), onProgress);
  const stamps = await stampFiles(parts.map((image) => absolute(image.path)));
  return ({ path: file, hash }) =>
    hash === undefined
      ? hashes.get(absolute(file))
      : { hash, ...(stamps.get(absolute(file)) as FileStamp) };
}

/**
 * Labelled images with their hashes.
 *
 * @throws InvalidInputError where some cannot be read, with their number and the row of the first.
 */
export async function withHashes(
  { root, labelled }: ReadSource,
  hashOf: HashOf,
): Promise<HashedImage[]> {
  const missing: string[] = [];
  let first: { path: string; code: string | undefined } | undefined;
  const images: HashedImage[] = [];
  for (const image of labelled) {
    const hashed = hashOf(image);
    if (hashed && 'hash' in hashed) {
      images.push({ ...image, ...hashed });
    } else {
      missing.push(`${image.origin}: ${image.path} (${hashed?.code ?? 'not read'})`);
      first ??= { path: image.path, code: hashed?.code };
    }
  }
  if (first) {
    throw new InvalidInputError(
      `Expected a readable image for every label but ${missing.length} of ${labelled.length} cannot be read, the first at ${missing[0]}. ${await remedyFor(root, first.path, first.code)}`,
    );
  }
  return images;
}
