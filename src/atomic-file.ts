/** Writes files so that a reader, or a crash, never meets half of one. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ifPresent } from './if-present.js';

/** What follows the dot behind the name of a file in that of its unfinished form. */
const unfinishedEnd = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/**
 * Lets `write` fill a temporary file or folder beside `file`, flushes it to the disk and renames it into place.
 * Missing parent folders are made. Resolves to what `write` does. Fails with the error of `write` or the system's and leaves
 * an earlier `file` untouched.
 */
export async function replaceFile<Result>(
  file: string,
  write: (unfinished: string) => Promise<Result>,
): Promise<Result> {
  await mkdir(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${randomUUID()}.tmp`;
  try {
    const result = await write(unfinished);
    const handle = await open(unfinished, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
    return result;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

/** Removes what {@link replaceFile} left beside `file` where a process ended while it wrote. Nobody may be writing it now. */
export async function removeUnfinished(file: string): Promise<void> {
  const folder = path.dirname(file);
  const names = (await ifPresent(readdir(folder))) ?? [];
  const start = `${path.basename(file)}.`;
  for (const name of names) {
    if (!name.startsWith(start) || !unfinishedEnd.test(name.slice(start.length))) {
      continue;
    }
    await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/** Writes `content` to `file`, whole or not at all; see {@link replaceFile}. */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  await replaceFile(file, (unfinished) => writeFile(unfinished, content, { flag: 'wx' }));
}
