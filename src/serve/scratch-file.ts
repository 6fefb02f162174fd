/** A file without a name, in which images from memory lie while the native loader reads them. */

import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ByteRange } from '../dataset/index.js';
import { writing } from '../disk/index.js';
import { expected } from '../errors.js';

/** What is kept for the next images; more is given back to the system. */
const keptBytes = 2 ** 25;

/** Its name is gone at once, so that nothing is left behind when the process is killed. */
export class ScratchFile {
  private constructor(private readonly handle: FileHandle) {}

  /** In the system's folder for temporary files, readable by this user alone. */
  static async open(): Promise<ScratchFile> {
    const file = path.join(os.tmpdir(), `bobbin-serve-${randomUUID()}`);
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
    const handle = await writing(file, () => open(file, flags, 0o600));
    try {
      await unlink(file);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return new ScratchFile(handle);
  }

  /** The path by which this process opens the file. */
  get path(): string {
    return `/proc/self/fd/${this.handle.fd}`;
  }

  /** Replaces the content by `parts`, one behind the other; where each lies. */
  async write(parts: readonly Buffer[]): Promise<ByteRange[]> {
    let end = 0;
    const ranges = parts.map(({ length }) => {
      const offset = end;
      end += length;
      return { offset, length };
    });
    const { bytesWritten } = await writing(os.tmpdir(), () => this.handle.writev(parts, 0), end);
    if (bytesWritten < end) {
      throw expected(`room for ${end} bytes`, os.tmpdir(), bytesWritten, 'Free space on its disk');
    }
    return ranges;
  }

  /** Gives the memory of large content back. */
  async shrink(): Promise<void> {
    const { size } = await this.handle.stat();
    if (size > keptBytes) {
      await this.handle.truncate(0);
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
