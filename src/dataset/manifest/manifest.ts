/** What a manifest names: its file in a folder, and its samples by task, split and absolute path. */
import path from 'node:path';
import { expected } from '../../errors.js';
import type { ImageFile } from '../image-file.js';
import { SampleTable } from '../samples/sample-table.js';
import type { Manifest, Sample, Samples, Split, Task } from '../types.js';

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
 * The samples of one task in one split, in manifest order. With `fold`, the split is that of cross-validation: validation is this
 * fold, and training all others.
 *
 * @throws InvalidInputError for a task or a fold that the manifest does not have.
 */
export function samplesOf(manifest: Manifest, task: string, split: Split, fold?: number): Samples {
  const { samples } = manifest;
  taskOf(manifest, task);
  checkFold(manifest, fold);
  if (samples instanceof SampleTable) {
    return samples.select(task, split, fold);
  }
  const isIn = (sample: Sample) =>
    fold === undefined
      ? sample.split === split
      : (sample.fold === fold) === (split === 'validation');
  return samples.filter((sample) => sample.task === task && isIn(sample));
}

function checkFold({ folds = 0 }: Manifest, fold: number | undefined): void {
  if (fold !== undefined && !(Number.isInteger(fold) && fold >= 0 && fold < folds)) {
    const what = folds === 0 ? 'data with folds' : `a fold from 0 to ${folds - 1}`;
    throw expected(what, 'fold', fold, 'Prepare the data with --folds (in a program `folds`)');
  }
}
