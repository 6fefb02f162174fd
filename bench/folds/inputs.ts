/** What all contenders of a fold get: the photos of a prepared data set, and a pretrained network. */
import { drawSamples, taskOf } from '../../src/dataset/index.js';
import { conflict, expected } from '../../src/errors.js';
import {
  loadManifest,
  type Manifest,
  resolveSamples,
  type Sample,
  samplesOf,
  type Task,
} from '../../src/index.js';
import type { FoldPhoto } from './job.js';

/** A prepared data set as it is compared. */
export interface FoldData {
  /** Its folder. */
  data: string;
  manifest: Manifest;
  task: Task;
  /** Those to compare. */
  folds: number[];
}

export interface FoldChoice {
  /** A prepared data set with folds. */
  data: string;
  /** Undefined: the first of the data. */
  task: string | undefined;
  /** Undefined: all of the data. */
  folds: number[] | undefined;
  /** Photos of all folds; undefined for all. */
  limit: number | undefined;
}

/** @throws InvalidInputError where contenders cannot train on the folds of the data */
export async function openFolds({ data, task: name, folds, limit }: FoldChoice): Promise<FoldData> {
  const manifest = await loadManifest(data);
  const task = taskOf(manifest, name ?? manifest.tasks[0].name);
  if (manifest.folds === undefined) {
    const remedy = 'Prepare them with `npx bobbin prepare --folds 5`';
    throw expected('data with folds', data, 'none', remedy);
  }
  const all = Array.from({ length: manifest.folds }, (_, fold) => fold);
  if (folds?.some((fold) => !all.includes(fold))) {
    throw expected(`folds from 0 to ${all.length - 1}`, '--folds', folds.join(','));
  }
  if (task.labels === 'any') {
    throw expected('a task with one label an image', '--task', task.name);
  }
  const samples = manifest.samples.filter((sample) => sample.task === task.name);
  if (samples.some(({ range }) => range !== undefined)) {
    throw conflict('images in shards', 'peers that read files');
  }
  const drawn = limit === undefined ? samples : drawSamples(samples, limit, 1);
  return {
    data,
    manifest: { ...manifest, samples: drawn },
    task,
    folds: [...new Set(folds ?? all)],
  };
}

/** The photos of a fold, or of all others. */
export function photosOf(
  { manifest, task }: FoldData,
  fold: number,
  part: 'train' | 'validation',
): FoldPhoto[] {
  const samples = samplesOf(manifest, task.name, part, fold);
  return Array.from(resolveSamples(manifest, samples), ({ path: file }, index) => {
    const { path: own, label } = samples.at(index) as Sample;
    return { file, path: own, label };
  });
}
