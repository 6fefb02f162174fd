/** Refuses, before any work, a path at which something else is than what the work will write there. */
import { stat } from 'node:fs/promises';
import { expected } from '../errors.js';
import { ifPresent } from './if-present.js';

/** @throws InvalidInputError for a folder where a file will be written, and the other way round */
export async function checkTarget(
  target: string,
  kind: 'file' | 'folder',
  name: string,
): Promise<void> {
  const found = await ifPresent(stat(target));
  const present = found?.isDirectory() ? 'folder' : 'file';
  if (found !== undefined && present !== kind) {
    throw expected(`a ${kind}`, name, target, `There is a ${present} of that name`);
  }
}
