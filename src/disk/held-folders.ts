/** The folders that this process has locked, and whether it still has: another call may have taken it for killed. */
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { InvalidInputError, missing } from '../errors.js';

/** The claim, an open file, of each folder by its absolute path. */
export const heldFolders = new Map<string, FileHandle>();

/** Thrown where another call took a folder that this process had locked. */
export class LostLockError extends InvalidInputError {}

/** Whether this process locked `folder`, and no other call took it since. */
export async function holdsFolder(folder: string): Promise<boolean> {
  const claim = heldFolders.get(path.resolve(folder));
  return claim !== undefined && !(await isRemoved(claim));
}

const isRemoved = async (claim: FileHandle): Promise<boolean> => (await claim.stat()).nlink === 0;

/**
 * Checks that no other call took the folder, if `file` is in one that this process locked.
 *
 * @throws LostLockError where the claim was removed.
 */
export async function checkHeld(file: string): Promise<void> {
  for (const [folder, claim] of heldFolders) {
    const isInside = path.resolve(file).startsWith(`${folder}${path.sep}`);
    if (isInside && (await isRemoved(claim))) {
      const remedy =
        'If this process stood still for a minute, another call works there now: repeat this one after its end';
      throw new LostLockError(missing('the lock of this call', folder, remedy).message);
    }
  }
}
