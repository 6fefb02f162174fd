/** Bytes that are read at their positions: a file of which only the parts that are needed come into memory. */
import { createHash } from 'node:crypto';
import { expected } from '../errors.js';
import { openRegular } from './regular-file.js';

export interface ByteSource {
  /** The path, for errors and to find files beside it. */
  readonly file: string;
  /** In bytes. */
  readonly size: number;
  /**
   * Fills `target` with the bytes from `start` on.
   *
   * @throws InvalidInputError when there are fewer
   */
  readInto(target: Uint8Array, start: number): Promise<void>;
}

/** The most that one read asks for; the system's limit is 2 GiB. */
const mostAtOnce = 2 ** 30;

/**
 * The result of `work`, which reads `file` while it is open.
 *
 * @throws as `openRegular` where the file cannot be opened
 */
export async function withSource<Result>(
  file: string,
  work: (source: ByteSource) => Promise<Result>,
): Promise<Result> {
  const { handle, size } = await openRegular(file);
  const readInto = async (target: Uint8Array, start: number) => {
    checkRange(file, size, start, target.length);
    for (let at = 0; at < target.length; ) {
      const length = Math.min(mostAtOnce, target.length - at);
      const { bytesRead } = await handle.read(target, at, length, start + at);
      if (bytesRead === 0) {
        throw expected(`${size} bytes`, file, start + at, 'It was cut while it was read');
      }
      at += bytesRead;
    }
  };
  try {
    return await work({ file, size, readInto });
  } finally {
    await handle.close();
  }
}

/** Bytes in memory, as if they were a file of this path. */
export const bytesSource = (bytes: Uint8Array, file: string): ByteSource => ({
  file,
  size: bytes.length,
  async readInto(target, start) {
    checkRange(file, bytes.length, start, target.length);
    target.set(bytes.subarray(start, start + target.length));
  },
});

/** A part of a source, from the byte `start` on. */
export const partOf = (
  source: ByteSource,
  { start, size }: { start: number; size: number },
): ByteSource => ({
  file: source.file,
  size,
  async readInto(target, at) {
    checkRange(source.file, size, at, target.length);
    await source.readInto(target, start + at);
  },
});

/** A copy of `length` bytes from `start` on. */
export async function readPart(source: ByteSource, start: number, length: number): Promise<Buffer> {
  // Before the memory is taken: a hostile file may ask for any length.
  checkRange(source.file, source.size, start, length);
  const part = Buffer.allocUnsafe(length);
  await source.readInto(part, start);
  return part;
}

function checkRange(file: string, size: number, start: number, length: number): void {
  if (!(start >= 0 && length >= 0 && start + length <= size)) {
    throw expected(`${length} bytes from byte ${start} on`, file, `${size} bytes in all`);
  }
}

/** In bytes. */
const hashedAtOnce = 2 ** 20;

/** The SHA-256 of all bytes, in 64 hex digits. */
export async function sha256OfSource(source: ByteSource): Promise<string> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(Math.min(hashedAtOnce, source.size));
  for (let at = 0; at < source.size; at += piece.length) {
    const part = piece.subarray(0, Math.min(piece.length, source.size - at));
    await source.readInto(part, at);
    hash.update(part);
  }
  return hash.digest('hex');
}
