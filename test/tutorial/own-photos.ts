/** Photos of a reader's own: the drawn ones of a prepared data set, in a folder for each class. */
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { loadManifest, resolveSample, taskOf } from '../../src/dataset/index.js';

/** One photo in so many is kept apart, for the reader to predict. */
const keptApart = 10;

/**
 * Copies the labelled photos of the first task of the data set `data` into `folder/photos/CLASS`, and some of them into
 * `folder/new-photos` instead.
 */
export async function bringPhotos(data: string, folder: string): Promise<void> {
  const manifest = await loadManifest(data);
  const [{ name: task }] = manifest.tasks;
  const { classes } = taskOf(manifest, task);
  const photos = [...manifest.samples].filter((sample) => sample.task === task);
  for (const [index, { path: photo, label }] of photos.entries()) {
    const place = index % keptApart === 0 ? 'new-photos' : `photos/${classes[label]}`;
    const target = path.join(folder, place);
    await mkdir(target, { recursive: true });
    await copyFile(resolveSample(manifest, photo), path.join(target, path.basename(photo)));
  }
}
