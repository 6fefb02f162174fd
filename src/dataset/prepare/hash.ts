/** Content hashes of many files, read in pieces so that they neither fill the memory nor block the event loop. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mapConcurrently } from '../concurrency.js';

const filesAtOnce = 16;
const bytesAtOnce = 256 * 1024;

/** SHA-256 of a file's bytes in hex; rejects with the system's error where it cannot be read. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file, { highWaterMark: bytesAtOnce })) {
    hash.update(piece as Buffer);
  }
  return hash.digest('hex');
}

/** A file's hash, or why there is none. */
export type Hashed = { hash: string } | { error: NodeJS.ErrnoException };

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
      return { hash: await hashFile(file) };
    } catch (error) {
      return { error: error as NodeJS.ErrnoException };
    } finally {
      onProgress(++done, unique.length);
    }
  });
  return new Map(unique.map((file, index) => [file, hashed[index] as Hashed]));
}
