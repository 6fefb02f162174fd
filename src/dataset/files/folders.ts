/** Folders of a data set: lists them the same way on every machine, and keeps paths inside of them. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ifPresent } from '../../if-present.js';
import { byCodeUnit } from '../code-unit.js';

/** Names that do not belong to a data set: hidden ones, and the folder that macOS adds to archives. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || name === '__MACOSX';
}

/** Whether a path from a label file stays inside the folder that it starts from: it must not reach other files of the machine. */
export function isInside(file: string): boolean {
  const normal = path.posix.normalize(file);
  return file !== '' && !path.posix.isAbsolute(normal) && normal.split('/')[0] !== '..';
}

/** Names of the folders in `folder`, links to folders included and hidden ones left out, in code-unit order. */
export async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names: string[] = [];
  for (const entry of entries) {
    if (isHidden(entry.name)) {
      continue;
    }
    // A broken link is not a folder: an image that is expected behind it will be reported missing by name.
    const target = entry.isSymbolicLink()
      ? await ifPresent(stat(path.join(folder, entry.name)))
      : entry;
    if (target?.isDirectory()) {
      names.push(entry.name);
    }
  }
  return names.sort(byCodeUnit);
}
