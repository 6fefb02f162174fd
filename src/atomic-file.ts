/** Writes files whole or not at all: neither a reader nor a crash sees a part of a file. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ifPresent } from './if-present.js';

/** The end of an unfinished file's name, after the name of its file and a dot. */
const unfinishedEnd = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/**
 * Lets `write` fill a temporary file or folder beside `file`, flushes it to the disk and renames it to `file`. Creates
 * missing parent folders. Resolves to the result of `write`.
 *
 * @throws the error of `write` or of the system; an earlier `file` then stays as it was.
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

/**
 * Removes the temporary files of {@link replaceFile} beside `file`, which a process leaves if it ends while it writes. Call
 * it only while no process writes `file`.
 */
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
