/** Recognizes the pointers that a clone without Git LFS has in place of large files. */

import { stat } from 'node:fs/promises';
import path from 'node:path';
import { readRegular } from '../../disk/index.js';
import { expected } from '../../errors.js';

/** Pointers are shorter than this: Git LFS specification, version 1. */
const pointerBytes = 1024;

/** @throws InvalidInputError naming the file and what to do, where one of `files`, relative to `root`, is a pointer. */
export async function refusePointers(root: string, files: readonly string[]): Promise<void> {
  for (const name of files) {
    const file = path.join(root, name);
    if ((await stat(file)).size >= pointerBytes) {
      continue;
    }
    if (!(await readRegular(file)).toString('latin1').startsWith('version https://git-lfs')) {
      continue;
    }
    throw expected('a shard', file, 'a Git LFS pointer', 'Fetch the file itself: `git lfs pull`');
  }
}
