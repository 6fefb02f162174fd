/** Finds images of a data set that are nearly the same, by the features of the default network, and writes their table. */
import type { Manifest } from '../dataset/index.js';
import { createModel } from '../model/index.js';
import { type SimilarImages, type SimilarRequest, saveSimilar, similarImages } from './similar.js';

/** Of checked values. */
export interface FindSimilarRequest extends Pick<SimilarRequest, 'threshold' | 'onProgress'> {
  manifest: Manifest;
  /** The file for the pairs: see {@link saveSimilar}. */
  table: string;
}

/** {@link similarImages} of a data set for which no network was trained yet. */
export async function findSimilar({
  manifest,
  table,
  ...rest
}: FindSimilarRequest): Promise<SimilarImages> {
  const heads = manifest.tasks.map(({ name, ...task }) => ({ ...task, task: name }));
  using classifier = await createModel({ heads, trainable: 'head', seed: 0 });
  const found = await similarImages({ manifest, classifier, ...rest });
  await saveSimilar(found.pairs, table);
  return found;
}
