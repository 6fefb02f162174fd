/** Unpacks the needed files of a package of npm, which is a gzipped tar file, and hashes them meanwhile. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';

/** @import { FileRecord } from '../record.mjs' */

/** Headers and contents begin at multiples of this number of bytes. */
const block = 512;

/**
 * Unpacks the files whose paths begin with one of `members`. The archive's SHA-256 has been checked.
 * @param {string} archive
 * @param {string} folder
 * @param {string[]} members
 * @param {number} space the most bytes that the files may take
 * @returns {Promise<Record<string, FileRecord>>} the record of each file, by its path from `folder`
 * @throws {Error} when a path leads out of `folder`, when the files are larger than `space`, or when the archive is cut
 */
export async function untar(archive, folder, members, space) {
  /** @type {Record<string, FileRecord>} */
  const records = {};
  let left = space;
  const chunks = fs.createReadStream(archive);
  await pipeline(chunks, zlib.createGunzip({ chunkSize: 1 << 20 }), async (unzipped) => {
    const reader = new Reader(unzipped);
    for (let header = await reader.header(); header; header = await reader.header()) {
      const { name, size, isFile } = header;
      if (isFile && members.some((prefix) => name.startsWith(prefix))) {
        left -= size;
        checkEntry(name, left, path.basename(archive));
        records[name] = await writeEntry(header, reader.bytes(size), path.join(folder, name));
      } else {
        await reader.skip(size);
      }
      await reader.align();
    }
  });
  return records;
}

/**
 * @param {string} name
 * @param {number} left bytes of space after the file
 * @param {string} archive
 */
function checkEntry(name, left, archive) {
  if (name.split('/').includes('..') || path.isAbsolute(name)) {
    throw new Error(`Expected paths below a folder in ${archive} but received ${name}`);
  }
  if (left < 0) {
    throw new Error(`Expected ${-left} bytes less in ${archive} but received ${name}`);
  }
}

/**
 * What a header says (POSIX.1-1988 ustar). Long names, which extended headers hold, are not needed here.
 * @typedef {{name: string, size: number, seconds: number, isFile: boolean, isProgram: boolean}} Header
 */

/** Reads a tar file from its beginning to its end. */
class Reader {
  #chunks;
  /** @type {Buffer} */
  #rest = Buffer.alloc(0);
  #position = 0;

  /** @param {AsyncIterable<Buffer>} chunks */
  constructor(chunks) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /**
   * The next `count` bytes, in pieces.
   * @param {number} count
   */
  async *bytes(count) {
    for (let left = count; left > 0; ) {
      if (this.#rest.length === 0) {
        const { done, value } = await this.#chunks.next();
        if (done) {
          throw new Error(`Expected ${left} more bytes in a tar file but received its end`);
        }
        this.#rest = value;
      }
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      this.#position += piece.length;
      left -= piece.length;
      yield piece;
    }
  }

  /** @param {number} count */
  async skip(count) {
    for await (const _ of this.bytes(count)) {
      // Read and left.
    }
  }

  /** Skips to the next header. */
  async align() {
    await this.skip((block - (this.#position % block)) % block);
  }

  /** @returns {Promise<Header | undefined>} undefined at the end, which is a block of zeros */
  async header() {
    const pieces = [];
    for await (const piece of this.bytes(block)) {
      pieces.push(piece);
    }
    const bytes = Buffer.concat(pieces);
    /** @type {(start: number, end: number) => string} */
    const text = (start, end) => bytes.toString('latin1', start, end).split('\0', 1)[0] ?? '';
    /** @type {(start: number, end: number) => number} */
    const number = (start, end) => Number.parseInt(text(start, end), 8);
    if (bytes[0] === 0) {
      return undefined;
    }
    const [prefix, name] = [text(345, 500), text(0, 100)];
    return {
      name: prefix === '' ? name : `${prefix}/${name}`,
      size: number(124, 136),
      seconds: number(136, 148),
      isFile: ['0', ''].includes(text(156, 157)),
      isProgram: (number(100, 108) & 0o100) !== 0,
    };
  }
}

/**
 * @param {Header} header
 * @param {AsyncIterable<Buffer>} content
 * @param {string} file
 * @returns {Promise<FileRecord>}
 */
async function writeEntry({ size, seconds, isProgram }, content, file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const hash = createHash('sha256');
  const descriptor = fs.openSync(file, 'w', isProgram ? 0o755 : 0o644);
  try {
    for await (const piece of content) {
      fs.writeFileSync(descriptor, piece);
      hash.update(piece);
    }
    fs.futimesSync(descriptor, seconds, seconds);
  } finally {
    fs.closeSync(descriptor);
  }
  return [size, seconds, hash.digest('hex')];
}
