/** Unpacks the needed files of a wheel, which is a ZIP file, and hashes them meanwhile. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { openPromise } from 'yauzl';
import { withProgress } from './progress.mjs';

/**
 * @import { Entry, ZipFile } from 'yauzl'
 * @import { FileRecord } from '../record.mjs'
 */

/** Files that are unpacked at once: the large one is inflated and hashed while small ones wait for the disk. */
const lanes = 4;
/** The most bytes that are inflated in one step. */
const chunkSize = 1 << 20;

/**
 * Unpacks the files whose paths begin with one of `members`. The archive's SHA-256 has been checked, which covers more than the
 * checksums in it.
 * @param {string} archive
 * @param {string} folder
 * @param {string[]} members
 * @param {number} space the most bytes that the files may take
 * @returns {Promise<Record<string, FileRecord>>} the record of each file, by its path from `folder`
 * @throws {Error} when a path leads out of `folder`, or the files are larger than the archive says
 */
export async function unpack(archive, folder, members, space) {
  const zip = await openPromise(archive, { autoClose: false });
  const entries = await neededEntries(zip, members);
  const total = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  const name = path.basename(archive);
  if (total > space) {
    throw new Error(`Expected at most ${space} bytes in ${name} but received ${total}`);
  }
  let bytes = 0;
  /** @type {Record<string, FileRecord>} */
  const records = {};
  const waiting = entries.values();
  const lane = async () => {
    for (const entry of waiting) {
      records[entry.fileName] = await unpackEntry(zip, entry, folder, (more) => {
        bytes += more;
      });
    }
  };
  const measure = () => bytes;
  await withProgress(`unpacking ${name}`, total, measure, () =>
    Promise.all(Array.from({ length: lanes }, lane)),
  );
  zip.close();
  return records;
}

/**
 * The files to unpack, the largest first. yauzl refuses absolute paths and those with `..`.
 * @param {ZipFile} zip
 * @param {string[]} members
 */
async function neededEntries(zip, members) {
  /** @type {Entry[]} */
  const entries = [];
  for await (const entry of zip.eachEntry()) {
    const { fileName } = entry;
    if (!fileName.endsWith('/') && members.some((prefix) => fileName.startsWith(prefix))) {
      entries.push(entry);
    }
  }
  // The largest one takes as long as all others together.
  return entries.sort((a, b) => b.uncompressedSize - a.uncompressedSize);
}

/**
 * @param {ZipFile} zip
 * @param {Entry} entry
 * @param {string} folder
 * @param {(bytes: number) => void} count
 * @returns {Promise<FileRecord>}
 */
async function unpackEntry(zip, entry, folder, count) {
  const { fileName, uncompressedSize, externalFileAttributes } = entry;
  const file = path.join(folder, fileName);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const hash = createHash('sha256');
  let left = uncompressedSize;
  const descriptor = fs.openSync(file, 'w');
  /** @param {AsyncIterable<Buffer>} chunks */
  const write = async (chunks) => {
    for await (const chunk of chunks) {
      left -= chunk.length;
      if (left >= 0) {
        fs.writeFileSync(descriptor, chunk);
        hash.update(chunk);
        count(chunk.length);
      }
    }
  };
  try {
    const stored = await zip.openReadStreamPromise(entry, { decodeFileData: false });
    await pipeline(stored, decoder(entry), write);
    if (left !== 0) {
      throw new Error(`Expected ${uncompressedSize} bytes in ${fileName} but received others`);
    }
    // ZIP keeps the modes of Unix in the upper half.
    if ((externalFileAttributes >>> 16) & 0o100) {
      fs.fchmodSync(descriptor, 0o755);
    }
    const made = entry.getLastModDate({ forceDosFormat: true });
    fs.futimesSync(descriptor, made, made);
    return [uncompressedSize, Math.floor(made.getTime() / 1000), hash.digest('hex')];
  } finally {
    fs.closeSync(descriptor);
  }
}

/**
 * Inflates ahead while what it gave is hashed and written. yauzl's own stream inflates 16 KiB in one step, which takes longer.
 * @param {Entry} entry
 */
function decoder({ compressionMethod, uncompressedSize }) {
  if (compressionMethod === 0) {
    return new PassThrough();
  }
  const size = Math.min(chunkSize, Math.max(zlib.constants.Z_MIN_CHUNK, uncompressedSize));
  const options = { chunkSize: size, highWaterMark: 4 * size };
  return zlib.createInflateRaw(options);
}
