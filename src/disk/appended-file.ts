/** A file that grows by whole pieces while a process works, such as a log. */
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { expected } from '../errors.js';
import { makeFolder } from './atomic-file.js';
import { checkHeld } from './held-folders.js';
import { openRegular } from './regular-file.js';
import { writing } from './write-error.js';

/** Pieces are written together, so that a step of training does not wait for a disk. */
const millisecondsBetween = 1000;

const newline = 10;

export class AppendedFile {
  private pieces: Uint8Array[] = [];
  private writtenAt = performance.now();

  private constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
    /** Bytes of whole pieces. */
    private size: number,
  ) {}

  /** A new file. Missing folders are made. */
  static create(file: string): Promise<AppendedFile> {
    return AppendedFile.open(file, constants.O_EXCL);
  }

  /**
   * Goes on with the lines of `file`, or makes it. A last line that has no end, which a killed process may have left, is cut off.
   *
   * @param start what the first line begins with
   * @throws InvalidInputError when `file` begins otherwise, so that no other file is changed
   */
  static async lines(file: string, start: string): Promise<AppendedFile> {
    const log = await AppendedFile.open(file, 0);
    try {
      const { buffer, bytesRead } = await log.handle.read(Buffer.alloc(start.length), {
        position: 0,
      });
      const found = buffer.toString('utf8', 0, bytesRead);
      if (!start.startsWith(found)) {
        throw expected(`a file that begins with ${start}`, file, found, 'Name another file');
      }
      await log.cutLastLine();
      return log;
    } catch (error) {
      await log.handle.close();
      throw error;
    }
  }

  private static async open(file: string, flag: number): Promise<AppendedFile> {
    await makeFolder(path.dirname(file));
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | flag;
    const { handle, size } = await writing(file, () => openRegular(file, flags));
    return new AppendedFile(file, handle, size);
  }

  /** Appends a whole piece: it is written with others within a second, or by `flush`. */
  async add(piece: string | Uint8Array): Promise<void> {
    this.pieces.push(Buffer.from(piece));
    if (performance.now() - this.writtenAt >= millisecondsBetween) {
      await this.flush();
    }
  }

  /**
   * Writes what was added.
   *
   * @throws InvalidInputError where the system cannot write, or another call took the folder; no part of a piece then stays
   */
  async flush(): Promise<void> {
    const bytes = Buffer.concat(this.pieces);
    this.pieces = [];
    this.writtenAt = performance.now();
    await checkHeld(this.file);
    try {
      await writing(this.file, () => this.handle.writeFile(bytes), bytes.length);
      this.size += bytes.length;
    } catch (error) {
      await this.handle.truncate(this.size).catch(() => {});
      throw error;
    }
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.handle.close();
    }
  }

  private async cutLastLine(): Promise<void> {
    const block = Buffer.alloc(1 << 16);
    let end = this.size;
    while (end > 0) {
      const from = Math.max(0, end - block.length);
      const { bytesRead } = await this.handle.read(block, 0, end - from, from);
      const last = block.lastIndexOf(newline, bytesRead - 1);
      if (last >= 0) {
        end = from + last + 1;
        break;
      }
      end = from;
    }
    if (end < this.size) {
      await writing(this.file, () => this.handle.truncate(end));
      this.size = end;
    }
  }
}
