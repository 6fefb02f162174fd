/** Writes files whole or not at all, on the disk: neither a reader, a kill nor a power cut sees a part of a file. */
import { mkdir, open, readdir, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { checkHeld } from './held-folders.js';
import { ifPresent } from './if-present.js';
import { removeLeftovers, temporaryName } from './leftovers.js';
import { tidied } from './tidied.js';
import { writing } from './write-error.js';

/**
 * Lets `write` fill a temporary file or folder beside `file`, flushes it to the disk and renames it to `file`. Creates
 * missing parent folders, and removes what killed processes left beside `file`. Resolves to the result of `write` when a
 * power cut can no longer undo it. A rename does not replace a folder: `clear` removes an earlier one when the new one is flushed.
 *
 * @throws the error of `write`, or InvalidInputError where the system cannot write or another call took the folder; an earlier
 *   `file` then stays as it was, as long as `clear` was not called.
 */
export async function replaceFile<Result>(
  file: string,
  write: (unfinished: string) => Promise<Result>,
  clear?: () => Promise<void>,
): Promise<Result> {
  const folder = path.dirname(file);
  await makeFolder(folder);
  await writing(file, () => removeLeftovers(folder, path.basename(file)));
  const unfinished = await temporaryName(file);
  try {
    const result = await write(unfinished);
    await writing(file, async () => {
      await sync(unfinished);
      await checkHeld(file);
      await clear?.();
      await rename(unfinished, file);
      await syncEntries(folder);
    });
    return result;
  } catch (error) {
    // The error of the removal would hide the first one.
    await rm(unfinished, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
}

/** Writes `content` to `file`, whole or not at all; see {@link replaceFile}. */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  await replaceFile(file, (unfinished) => writePart(unfinished, content));
}

/** Writes a new file of a folder that {@link replaceFile} flushes and renames; a large content comes in pieces. */
export async function writePart(
  file: string,
  content: string | Uint8Array | readonly Uint8Array[],
): Promise<void> {
  const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  const bytes = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
  await writing(file, () => writeFile(file, pieces, { flag: 'wx' }), bytes);
}

/** Removes `file` if there is one; a power cut cannot bring it back. */
export async function removeFile(file: string): Promise<void> {
  await writing(file, async () => {
    await checkHeld(file);
    await ifPresent(unlink(file));
    await syncEntries(path.dirname(file));
  });
}

/** Makes `folder` and its missing parents, on the disk. */
export async function makeFolder(folder: string): Promise<void> {
  await writing(folder, () => makeFolders(path.resolve(folder)));
}

/** Node's own recursion says ENOENT where a file system is read-only or a quota is used up. */
async function makeFolders(folder: string, hasParent = false): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) {
      return;
    }
    if (code !== 'ENOENT' || hasParent) {
      throw error;
    }
    await makeFolders(path.dirname(folder));
    return await makeFolders(folder, true);
  }
  await syncEntries(path.dirname(folder));
}

/** Flushes a file, or a folder with all that it contains, to the disk. */
async function sync(target: string): Promise<void> {
  const handle = await open(target, 'r');
  await tidied(
    async () => {
      if (!(await handle.stat()).isDirectory()) {
        await handle.sync();
        return;
      }
      for (const name of await readdir(target)) {
        await sync(path.join(target, name));
      }
      await syncEntries(target);
    },
    () => handle.close(),
  );
}

/** Flushes the names in a folder to the disk: until then a power cut may undo that a file was made, renamed or removed. */
async function syncEntries(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await tidied(
    () => handle.sync().catch(unlessUnsupported),
    () => handle.close(),
  );
}

/** Some file systems flush names by themselves and refuse to be asked. */
function unlessUnsupported(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EINVAL' && error.code !== 'ENOTSUP') {
    throw error;
  }
}
