/** Reads a file from its beginning to its end in a few large requests, even where the pieces asked for are small. */

import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { openRegular } from '../../disk/index.js';

/** Pieces are at most this long. */
export const maxPieceBytes = 1024 * 1024;

/** A file that is open for reading; the caller of `open` closes it. */
export class SequentialFile {
  private window: Buffer = Buffer.alloc(0);
  private windowStart = 0;
  private readonly memory: Buffer;

  private constructor(
    readonly path: string,
    /** In bytes, when it was opened. */
    readonly size: number,
    private readonly handle: FileHandle,
  ) {
    this.memory = Buffer.allocUnsafeSlow(Math.min(maxPieceBytes, size));
  }

  static async open(path: string): Promise<SequentialFile> {
    const { handle, size } = await openRegular(path);
    return new SequentialFile(path, size, handle);
  }

  /** `length` bytes from `offset` on, inside the file; valid until the next call. */
  async piece(offset: number, length: number): Promise<Buffer> {
    const start = offset - this.windowStart;
    if (start >= 0 && start + length <= this.window.length) {
      return this.window.subarray(start, start + length);
    }
    const wanted = Math.min(this.memory.length, this.size - offset);
    const { bytesRead } = await this.handle.read(this.memory, 0, wanted, offset);
    this.window = this.memory.subarray(0, bytesRead);
    this.windowStart = offset;
    if (bytesRead < length) {
      throw new Error(`${this.path} became shorter while it was read`);
    }
    return this.window.subarray(0, length);
  }

  /** The bytes of a range piece by piece; each is valid until the next. */
  async *pieces(offset: number, length: number): AsyncGenerator<Buffer> {
    for (let done = 0; done < length; done += maxPieceBytes) {
      yield await this.piece(offset + done, Math.min(maxPieceBytes, length - done));
    }
  }

  /** SHA-256 of the bytes of a range, hex. */
  async hash(offset: number, length: number): Promise<string> {
    const hash = createHash('sha256');
    for await (const piece of this.pieces(offset, length)) {
      hash.update(piece);
    }
    return hash.digest('hex');
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
