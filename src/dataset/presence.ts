/** Refuses work on a data set whose images are all gone, before it begins. */
import { changesSince } from './changes.js';
import { firstAbsent } from './manifest/first-absent.js';
import type { Manifest, Samples } from './types.js';

/**
 * Returns as soon as one of some samples of a task has its file.
 *
 * @throws InvalidInputError where all are gone, as {@link changesSince} does.
 */
export async function checkPresence(manifest: Manifest, samples: Samples): Promise<void> {
  if ((await firstAbsent(manifest, samples)) !== undefined) {
    const task = samples.at(0)?.task;
    await changesSince({ manifest, ...(task !== undefined && { tasks: [task] }) });
  }
}
