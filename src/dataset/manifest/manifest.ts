/** What a manifest names: its file in a folder, and its samples by task, split and absolute path. */
import path from 'node:path';
import { expected } from '../../errors.js';
import type { ImageFile } from '../image-file.js';
import { SampleTable } from '../samples/sample-table.js';
import type { Manifest, Samples, Split, Task } from '../types.js';

/** Where a prepared folder keeps its manifest. */
export function manifestFile(folder: string): string {
  return path.join(folder, 'manifest.json');
}

/** A path that the manifest names, or a sample with one, made absolute. */
export function resolveSample(manifest: Manifest, file: string): string;
export function resolveSample<Image extends ImageFile>(manifest: Manifest, image: Image): Image;
export function resolveSample(manifest: Manifest, image: string | ImageFile): string | ImageFile {
  if (typeof image === 'string') {
    return path.resolve(manifest.root, image);
  }
  return { ...image, path: path.resolve(manifest.root, image.path) };
}

/** Samples with absolute paths, for a loader. A table stays a table. */
export function resolveSamples(manifest: Manifest, samples: Samples): Samples {
  return samples instanceof SampleTable
    ? samples.resolve(manifest.root)
    : samples.map((sample) => resolveSample(manifest, sample));
}

/** @throws InvalidInputError for a task that the manifest does not have. */
export function taskOf({ tasks }: Manifest, name: string): Task {
  const task = tasks.find((each) => each.name === name);
  if (task === undefined) {
    throw expected(`one of ${tasks.map((each) => each.name).join(', ')}`, 'task', name);
  }
  return task;
}

/**
 * The samples of one task in one split, in manifest order.
 *
 * @throws InvalidInputError for a task that the manifest does not have.
 */
export function samplesOf(manifest: Manifest, task: string, split: Split): Samples {
  const { samples } = manifest;
  taskOf(manifest, task);
  return samples instanceof SampleTable
    ? samples.select(task, split)
    : samples.filter((sample) => sample.task === task && sample.split === split);
}
