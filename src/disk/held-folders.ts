/** The folders that this process has locked, and whether it still has: another call may have taken it for killed. */
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { missing } from '../errors.js';

/** The claim, an open file, of each folder by its absolute path. */
export const heldFolders = new Map<string, FileHandle>();

/**
 * Checks that no other call took the folder, if `file` is in one that this process locked.
 *
 * @throws InvalidInputError where the claim was removed.
 */
export async function checkHeld(file: string): Promise<void> {
  for (const [folder, claim] of heldFolders) {
    const isInside = path.resolve(file).startsWith(`${folder}${path.sep}`);
    if (isInside && (await claim.stat()).nlink === 0) {
      const remedy =
        'If this process stood still for a minute, another call works there now: repeat this one after its end';
      throw missing('the lock of this call', folder, remedy);
    }
  }
}
