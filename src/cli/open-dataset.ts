/** Opens a data set, prepared or not, for commands that only read its images. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Option } from 'commander';
import {
  checkPresence,
  type ImageFile,
  loadManifest,
  manifestFile,
  readSource,
  type Sample,
  type Task,
} from '../dataset/index.js';
import { expected } from '../errors.js';
import { withProgress } from '../report/index.js';

/** Parsed flags of a command with {@link imagesFlag}. */
export interface ImagesFlag {
  images?: string;
}

/** The flag of all commands that read a prepared data set. */
export const imagesFlag = (): Option =>
  new Option('--images <folder>', 'where the images are now, if they were moved after prepare');

export interface LabelledImage extends ImageFile, Pick<Sample, 'task' | 'label' | 'labels'> {}

/**
 * The tasks and labelled images of a prepared or source folder, with absolute paths.
 *
 * @throws InvalidInputError where all images of a prepared folder are gone
 */
export async function openDataset(
  folder: string,
  { images: moved }: ImagesFlag = {},
): Promise<{ tasks: Task[]; images: LabelledImage[] }> {
  const prepared = existsSync(manifestFile(folder));
  if (moved !== undefined && !prepared) {
    throw expected('a prepared folder beside --images', 'data', folder);
  }
  const { tasks, images, root } = prepared
    ? await loadPresent(folder, moved)
    : await readWithProgress(folder).then(({ labelled, ...rest }) => ({
        ...rest,
        images: labelled,
      }));
  return {
    tasks,
    images: images.map((image) => ({ ...image, path: path.resolve(root, image.path) })),
  };
}

async function loadPresent(folder: string, moved: string | undefined) {
  const manifest = await loadManifest(folder, { images: moved });
  await checkPresence(manifest, manifest.samples);
  return { ...manifest, images: manifest.samples };
}

/** Shows progress, since shards are read completely. */
async function readWithProgress(folder: string) {
  return await withProgress((progress) =>
    readSource(folder, {
      onProgress: (done, total) => progress.update({ label: 'reading images', done, total }),
    }),
  );
}
