/** Finds out why a row's image cannot be read: it is closed, or its name is written in another way. */

import path from 'node:path';
import { ifPresent } from '../../disk/index.js';
import { fileStamp } from '../file-stamp.js';
import { entriesIn, foldersIn } from '../files/folders.js';
import { imagePattern } from '../layouts/names.js';
import { looksOf, spelled } from './alike.js';

/** What to do about files that are there, by the system's code for why they cannot be read. */
const remedies: Readonly<Record<string, string>> = {
  EACCES: 'Let this user read them',
  EPERM: 'Let this user read them',
  EIO: 'Their disk is faulty: read the log of the system, and restore them to another disk',
  ELOOP: 'They are links that lead back to themselves: put the files in their place',
  ESTALE: 'Their network file system lost them: mount it again',
};

/** What to do about files for which the system gives `code`, undefined if they may be absent. */
export const remedyByCode = (code: string | undefined): string | undefined => remedies[code ?? ''];

/**
 * The way out for `file`, which is relative to `root` and has no hash because of `code`. If it is absent, only the first
 * part of the path that does not exist is looked at.
 *
 * @throws InvalidInputError where names beside it are not UTF-8.
 */
export async function remedyFor(root: string, file: string, code?: string): Promise<string> {
  return remedyByCode(code) ?? (await remedyIfAbsent(root, file));
}

async function remedyIfAbsent(root: string, file: string): Promise<string> {
  let folder = '';
  for (const part of file.split('/')) {
    const names = ((await ifPresent(entriesIn(root, folder))) ?? []).map(({ name }) => name);
    if (!names.includes(part)) {
      return (await elsewhere(root, file)) ?? otherName(names, folder, part);
    }
    folder = path.posix.join(folder, part);
  }
  return usual;
}

/** The way out where a folder in `root` has the file: the paths of a table often start from the folder of the images. */
async function elsewhere(root: string, file: string): Promise<string | undefined> {
  for (const folder of await foldersIn(root)) {
    if (await fileStamp(path.join(root, folder, file))) {
      return `It is in ${folder}: move the table there, or write ${path.posix.join(folder, file)}`;
    }
  }
  return undefined;
}

const usual = 'Restore the files or remove their rows';

function otherName(names: readonly string[], folder: string, part: string): string {
  const spelledIn = (name: string) => spelled(path.posix.join(folder, name));
  if (part.includes('\\')) {
    return 'Write / between the parts of paths, in place of \\';
  }
  const same = names.find((name) => looksOf(name) === looksOf(part));
  if (same !== undefined) {
    return `There is ${spelledIn(same)}, which only looks like it: write its name or rename it`;
  }
  const longer = names.find((name) => imagePattern.test(name) && path.parse(name).name === part);
  if (longer !== undefined) {
    return `There is ${spelledIn(longer)}: write names with their extensions`;
  }
  return usual;
}
