/** Refuses, before any work, a path at which something else is than what the work will write there. */
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
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

/**
 * Refuses a folder that has anything but an earlier result of the same kind.
 *
 * @param record the file that each such result has
 * @param what the result, in words
 * @throws InvalidInputError unless the folder is new, is empty or has `record`
 */
export async function checkResultFolder(
  folder: string,
  { record, what, name }: { record: string; what: string; name: string },
): Promise<void> {
  await checkTarget(folder, 'folder', name);
  const [found] = (await ifPresent(readdir(folder))) ?? [];
  if (found !== undefined && !existsSync(path.join(folder, record))) {
    throw expected(`a new folder, or that of ${what},`, name, folder, `It has ${found}`);
  }
}
