/** Refuses work on a data set whose images are all gone, before it begins. */
import { changesSince } from './changes.js';
import { fileStamp } from './file-stamp.js';
import { resolveSample } from './manifest/manifest.js';
import type { Manifest, Sample, Samples } from './types.js';

/** The most samples that are looked for, at even distances. */
const mostLooks = 16;

/**
 * Returns as soon as one of some samples of a task has its file.
 *
 * @throws InvalidInputError where all are gone, as {@link changesSince} does.
 */
export async function checkPresence(manifest: Manifest, samples: Samples): Promise<void> {
  const step = Math.max(1, samples.length / mostLooks);
  for (let index = 0; index < samples.length; index += step) {
    const sample = samples.at(Math.floor(index)) as Sample;
    if (await fileStamp(resolveSample(manifest, sample.path))) {
      return;
    }
  }
  const task = samples.at(0)?.task;
  await changesSince({ manifest, ...(task !== undefined && { tasks: [task] }) });
}
