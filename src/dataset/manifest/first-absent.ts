/** Tells whether the images of a data set are where its manifest says, by looking for some of them. */
import { fileStamp } from '../file-stamp.js';
import type { Manifest, Sample, Samples } from '../types.js';
import { resolveSample } from './manifest.js';

/** The most samples that are looked for, at even distances. */
const mostLooks = 100;

/** The path of the first of `samples` if none of those that are looked for has its file; undefined as soon as one has. */
export async function firstAbsent(
  manifest: Manifest,
  samples: Samples,
): Promise<string | undefined> {
  const step = Math.max(1, samples.length / mostLooks);
  let first: string | undefined;
  for (let index = 0; index < samples.length; index += step) {
    const { path } = samples.at(Math.floor(index)) as Sample;
    const file = resolveSample(manifest, path);
    if (await fileStamp(file)) {
      return undefined;
    }
    first ??= file;
  }
  return first;
}
