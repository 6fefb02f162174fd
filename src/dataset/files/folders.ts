/** Lists the folders in a folder the same way on every machine. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ifPresent } from '../../if-present.js';
import { byCodeUnit } from '../code-unit.js';

/** Names that no data set gives: hidden ones, and what macOS leaves in archives. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || name === '__MACOSX';
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
