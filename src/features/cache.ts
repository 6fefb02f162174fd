/** Rows of features on the disk, by the image that each is of. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import {
  type ByteSource,
  ifPresent,
  readPart,
  removeFile,
  replaceFile,
  sha256,
  withSource,
  writePart,
} from '../disk/index.js';
import { cacheFolder } from '../set-up.js';

/** Where features are kept by default: `features` in Bobbin's cache. It may be removed at any time. */
export const featuresFolder: string = path.join(cacheFolder, 'features');

/** The most rows of a file: those that a killed process loses, and that are in memory at once. */
export const mostRows = 4096;

/** The key of a row: 64 hex digits in memory, and 32 bytes in a file. */
const keyBytes = 32;

/** A file's name is the SHA-256 of its content. */
const fileName = /^([0-9a-f]{64})\.rows$/;

/**
 * The rows of one network, one preprocessing and one augmentation, in a folder of their own. Each file has the keys of its rows,
 * then the rows as little-endian float32; it appears whole and never changes.
 */
export class RowCache {
  /**
   * @param folder its name tells the network, the preprocessing and the augmentation
   * @param columns numbers in a row
   */
  constructor(
    private readonly folder: string,
    private readonly columns: number,
  ) {}

  /**
   * Calls `take` with each row that is there, of the keys that `isWanted` says. A damaged file is removed: its rows are as if they
   * had not been computed. Memory: that of one file.
   */
  async read(
    isWanted: (key: string) => boolean,
    take: (key: string, row: Float32Array) => void,
  ): Promise<void> {
    for (const name of (await ifPresent(readdir(this.folder))) ?? []) {
      const [, hash] = fileName.exec(name) ?? [];
      if (hash !== undefined) {
        await this.readFile(path.join(this.folder, name), hash, { isWanted, take });
      }
    }
  }

  /** Keeps rows, at most {@link mostRows}, [keys, columns]. */
  async write(keys: readonly string[], rows: Float32Array): Promise<void> {
    const values = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
    const content = [Buffer.from(keys.join(''), 'hex'), values];
    const file = path.join(this.folder, `${sha256(...content)}.rows`);
    await replaceFile(file, (unfinished) => writePart(unfinished, content));
  }

  private async readFile(
    file: string,
    hash: string,
    {
      isWanted,
      take,
    }: { isWanted(key: string): boolean; take(key: string, row: Float32Array): void },
  ): Promise<void> {
    const isWhole = await ifPresent(
      withSource(file, async (source) => {
        const count = this.rowsIn(source);
        const keys = count === undefined ? [] : await keysIn(source, count);
        if (!keys.some(isWanted)) {
          return count !== undefined;
        }
        const content = await readPart(source, 0, source.size);
        if (sha256(content) !== hash) {
          return false;
        }
        const { buffer, byteOffset } = content;
        const start = byteOffset + keys.length * keyBytes;
        const values = new Float32Array(buffer, start, keys.length * this.columns);
        keys.forEach((key, row) => {
          if (isWanted(key)) {
            take(key, values.subarray(row * this.columns, (row + 1) * this.columns));
          }
        });
        return true;
      }),
    );
    if (isWhole === false) {
      await removeFile(file);
    }
  }

  /** The number of rows in a file, by its size; undefined if no such file has this size. */
  private rowsIn({ size }: ByteSource): number | undefined {
    const rows = size / (keyBytes + this.columns * Float32Array.BYTES_PER_ELEMENT);
    return Number.isInteger(rows) && rows <= mostRows ? rows : undefined;
  }
}

async function keysIn(source: ByteSource, count: number): Promise<string[]> {
  const bytes = await readPart(source, 0, count * keyBytes);
  return Array.from({ length: count }, (_, row) =>
    bytes.toString('hex', row * keyBytes, (row + 1) * keyBytes),
  );
}
