/** Names the task of a source that does not name it: by choice, as it was called before, or after the folder. */
import { isDeepStrictEqual } from 'node:util';
import { expected, InvalidInputError } from '../../errors.js';
import { loadTasks } from '../manifest/read.js';
import type { ReadSource } from './source.js';

/** A run's folder and a field of a CSV file will have it. */
const namePattern = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N} _.-]{0,99}$/u;

/** @throws InvalidInputError for a name that could not be that of a folder everywhere. */
export function checkTaskName(name: string | undefined): void {
  if (name !== undefined && (!namePattern.test(name) || /[ .]$/.test(name))) {
    const what =
      'at most 100 letters, digits, spaces, _, . and - that begin with a letter or digit';
    throw expected(what, 'name', name);
  }
}

/**
 * Renames the task of `found` in place. Without `chosen`, it keeps the name that the manifest in `out` gives it, if that has one
 * task with the same classes: a source that was renamed or moved continues the runs of the earlier one.
 *
 * @returns a sentence that says so, or none.
 * @throws InvalidInputError for a chosen name where the source names its tasks.
 */
export async function nameTask(
  found: ReadSource,
  out: string,
  chosen: string | undefined,
): Promise<string[]> {
  const [task] = found.tasks;
  if (task === undefined || found.namesTasks) {
    if (chosen !== undefined) {
      throw new InvalidInputError(
        `name cannot be chosen for ${found.layout}, whose files name the tasks. Leave it out`,
      );
    }
    return [];
  }
  const [earlier, ...others] = (await loadTasks(out)) ?? [];
  const isSame = others.length === 0 && isDeepStrictEqual(earlier?.classes, task.classes);
  const name = chosen ?? (isSame && earlier ? earlier.name : task.name);
  const told = chosen === undefined && name !== task.name;
  task.name = name;
  for (const image of found.labelled) {
    image.task = name;
  }
  return told ? [`The task is still called ${name}, as in the manifest before.`] : [];
}
