/** Writes uncompressed ustar files (POSIX.1-2017, "ustar Interchange Format"), the same bytes for the same members. */

import { type FileHandle, open } from 'node:fs/promises';
import { writing } from '../../disk/index.js';
import { blockBytes, checksumOf } from './tar.js';

/** The size of a tar is a multiple of this, the record of a tape. */
const recordBytes = 20 * blockBytes;

/** A tar that grows member by member; `finish` writes its end. The caller of `create` closes it. */
export class TarWriter {
  private size = 0;

  private constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
  ) {}

  /** Rejects where `file` exists. */
  static async create(file: string): Promise<TarWriter> {
    return new TarWriter(file, await writing(file, () => open(file, 'wx')));
  }

  /** `name` has at most 100 bytes, `content` less than 8 GiB. */
  async add(name: string, content: Uint8Array): Promise<void> {
    const padding = new Uint8Array(-content.length & (blockBytes - 1));
    await this.append([headerOf(name, content.length), content, padding]);
  }

  /** Writes the end. */
  async finish(): Promise<void> {
    const end = this.size + 2 * blockBytes;
    const filled = Math.ceil(end / recordBytes) * recordBytes;
    await this.append([new Uint8Array(filled - this.size)]);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  private async append(parts: Uint8Array[]): Promise<void> {
    const bytes = Buffer.concat(parts);
    await writing(this.file, () => this.handle.appendFile(bytes), this.size + bytes.length);
    this.size += bytes.length;
  }
}

/** The header of a regular file that everybody may read, without a time or an owner. */
function headerOf(name: string, size: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, digits: number) =>
    header.write(`${value.toString(8).padStart(digits, '0')}\0`, at);
  header.write(name, 0);
  octal(0o644, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(0, 136, 11);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
