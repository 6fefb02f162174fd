/** Opens a submission's table, zipped or plain, without trust in the sizes that its headers state. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { openPromise } from 'yauzl';
import { InvalidInputError } from '../errors.js';
import { tableName } from './row.js';

/**
 * The table of `file` as a stream, from inside its archive if it is one. The content decides, not the name.
 *
 * @throws InvalidInputError for an archive with other content, or a table of more than `limit` bytes.
 */
export async function openTable(file: string, limit: number): Promise<Readable> {
  if (await isArchive(file)) {
    return openArchived(file, limit);
  }
  const { size } = await stat(file);
  if (size > limit) {
    throw tooLarge(size, limit);
  }
  return createReadStream(file);
}

async function isArchive(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.toString('latin1') === 'PK';
  } finally {
    await handle.close();
  }
}

async function openArchived(file: string, limit: number): Promise<Readable> {
  const archive = await openPromise(file, { autoClose: false });
  try {
    if (archive.entryCount !== 1) {
      throw new InvalidInputError(
        `expected ${tableName} alone in the archive but received ${archive.entryCount} entries`,
      );
    }
    for await (const entry of archive.eachEntry()) {
      if (entry.fileName !== tableName) {
        throw new InvalidInputError(
          `expected ${tableName} in the archive but received ${JSON.stringify(entry.fileName)}`,
        );
      }
      // If the content is longer than this header states, yauzl's stream fails.
      if (entry.uncompressedSize > limit) {
        throw tooLarge(entry.uncompressedSize, limit);
      }
      const table = await archive.openReadStreamPromise(entry);
      table.once('close', () => archive.close());
      return table;
    }
    throw new InvalidInputError(`expected ${tableName} in the archive but it is empty`);
  } catch (error) {
    archive.close();
    throw error;
  }
}

function tooLarge(size: number, limit: number): InvalidInputError {
  return new InvalidInputError(
    `expected at most ${limit} bytes for these questions but received ${size}`,
  );
}
