/** Lists the folders in a folder the same way on every machine. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
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
    // A link that leads nowhere is no folder; whoever needs it will miss it by name.
    const isFolder = entry.isSymbolicLink()
      ? await stat(path.join(folder, entry.name)).then((target) => target.isDirectory(), brokenLink)
      : entry.isDirectory();
    if (isFolder) {
      names.push(entry.name);
    }
  }
  return names.sort(byCodeUnit);
}

function brokenLink(error: NodeJS.ErrnoException): boolean {
  if (error.code === 'ENOENT') {
    return false;
  }
  throw error;
}
