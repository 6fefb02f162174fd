/** Writes files so that a reader, or a crash, never meets half of one. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Lets `write` fill a temporary file or folder beside `file`, flushes it to the disk and renames it into place.
 * Missing parent folders are made. Fails with the error of `write` or the system's and leaves an earlier `file`
 * untouched.
 */
export async function replaceFile(
  file: string,
  write: (unfinished: string) => Promise<unknown>,
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${randomUUID()}.tmp`;
  try {
    await write(unfinished);
    const handle = await open(unfinished, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

/** Writes `content` to `file`, whole or not at all; see {@link replaceFile}. */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  await replaceFile(file, (unfinished) => writeFile(unfinished, content, { flag: 'wx' }));
}
