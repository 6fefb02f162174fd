/** Content hashes of many files, read in pieces so that they neither fill the memory nor block the event loop. */
import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { mapConcurrently } from '../concurrency.js';
import { type FileStamp, stampOf } from '../file-stamp.js';

const filesAtOnce = 16;
const bytesAtOnce = 256 * 1024;

/** SHA-256 of a file's bytes in hex, and its stamp when it was opened. */
export interface FileHash extends FileStamp {
  hash: string;
}

/** A file's hash, or why there is none. */
export type Hashed = FileHash | { error: NodeJS.ErrnoException };

/**
 * Hashes each file once, 16 at a time. It does not reject for an unreadable file, whose entry has the error. `onProgress` is
 * called with the number of files that are done.
 */
export async function hashFiles(
  files: Iterable<string>,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Map<string, Hashed>> {
  const unique = [...new Set(files)];
  let done = 0;
  const hashed = await mapConcurrently(unique, filesAtOnce, async (file): Promise<Hashed> => {
    try {
      return await hashFile(file);
    } catch (error) {
      return { error: error as NodeJS.ErrnoException };
    } finally {
      onProgress(++done, unique.length);
    }
  });
  return new Map(unique.map((file, index) => [file, hashed[index] as Hashed]));
}

/** The stamp of each file, each read once. Rejects with the system's error where one cannot be read. */
export async function stampFiles(files: Iterable<string>): Promise<Map<string, FileStamp>> {
  const unique = [...new Set(files)];
  const stamps = await mapConcurrently(unique, filesAtOnce, async (file) =>
    stampOf(await stat(file)),
  );
  return new Map(unique.map((file, index) => [file, stamps[index] as FileStamp]));
}

async function hashFile(file: string): Promise<FileHash> {
  const handle = await open(file);
  try {
    const stamp = stampOf(await handle.stat());
    const hash = createHash('sha256');
    for await (const piece of handle.createReadStream({ highWaterMark: bytesAtOnce })) {
      hash.update(piece as Buffer);
    }
    return { hash: hash.digest('hex'), ...stamp };
  } finally {
    await handle.close();
  }
}
