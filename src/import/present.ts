/** Refuses paths at which there is nothing. */
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ifPresent, nearPath } from '../disk/index.js';
import { expected } from '../errors.js';

/**
 * What the system knows of the file or folder at `file`.
 *
 * @param name of what the path was given for, for errors
 * @throws InvalidInputError where there is nothing, with what was probably meant
 */
export async function present(file: string, name: string): Promise<Stats> {
  const stats = await ifPresent(stat(file));
  if (stats === undefined) {
    const meant = await nearPath(file);
    throw expected('an existing file', name, file, meant && `Did you mean ${meant}?`);
  }
  return stats;
}
