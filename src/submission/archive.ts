/**
 * Opens the table of a zip archive (PKWARE APPNOTE 6.3.10), which must have the plainest form: one entry, then the directory,
 * and nothing else. Readers differ in what they make of anything more.
 */
import type { FileHandle } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { InvalidInputError } from '../errors.js';
import { Checksum } from './checksum.js';
import { tooLarge } from './row.js';

interface OpenArchive {
  handle: FileHandle;
  /** Of the archive, in bytes. */
  size: number;
  /** Bytes of the table at most. */
  limit: number;
  /** Its name in the archive. */
  name: string;
}

/**
 * The table's bytes; the stream fails where their number or checksum is not what the archive states.
 *
 * @throws InvalidInputError for an archive of another form or with other content, or a larger table.
 */
export async function openArchived(file: string, open: OpenArchive): Promise<Readable> {
  const archive = await openPromise(file, { autoClose: false });
  try {
    const entry = await onlyEntry(archive, open.name);
    checkEntry(entry, open);
    await checkLayout(entry, open);
    const table = await archive.openReadStreamPromise(entry);
    table.once('close', () => archive.close());
    return pipeline(table, new Checksum(entry.crc32), () => {});
  } catch (error) {
    archive.close();
    throw error;
  }
}

async function onlyEntry(archive: ZipFile, name: string): Promise<Entry> {
  if (archive.entryCount !== 1) {
    throw new InvalidInputError(
      `expected ${name} alone in the archive but received ${archive.entryCount} entries`,
    );
  }
  for await (const entry of archive.eachEntry()) {
    return entry;
  }
  throw new InvalidInputError(`expected ${name} in the archive but it is empty`);
}

const encrypted = 0x1 | 0x40;
const methods = new Map([
  [0, 'stored'],
  [8, 'deflated'],
]);
const zip64 = 1;
const madeOnUnix = 3;
const regularFile = 0o100000;

function checkEntry(entry: Entry, { limit, name }: OpenArchive): void {
  if (entry.fileName !== name) {
    throw new InvalidInputError(
      `expected ${name} in the archive but received ${JSON.stringify(entry.fileName.slice(0, 200))}`,
    );
  }
  if (entry.generalPurposeBitFlag & encrypted) {
    throw new InvalidInputError(`expected ${name} without a password but it is encrypted`);
  }
  if (!methods.has(entry.compressionMethod)) {
    throw new InvalidInputError(
      `expected ${name} stored or deflated but received compression method ${entry.compressionMethod}`,
    );
  }
  const kind = (entry.externalFileAttributes >>> 16) & 0o170000;
  if (entry.versionMadeBy >> 8 === madeOnUnix && kind !== 0 && kind !== regularFile) {
    throw new InvalidInputError(`expected a file but ${name} in the archive is a link or device`);
  }
  if (entry.extraFields.some(({ id }) => id === zip64)) {
    throw new InvalidInputError('expected an archive without zip64, which only 4 GiB need');
  }
  // If the content is longer than this header states, yauzl's stream fails.
  if (entry.uncompressedSize > limit) {
    throw tooLarge(entry.uncompressedSize, limit);
  }
}

const localHeaderBytes = 30;
const endBytes = 22;
const endSignature = 0x06054b50;
const hasDescriptor = 0x8;
/** Of a descriptor behind the content, with or without its signature. */
const descriptorBytes = [12, 16];

/** The entry begins the archive, agrees with the directory, and nothing is before, between or after. */
async function checkLayout(entry: Entry, { handle, size, name }: OpenArchive): Promise<void> {
  const end = await bytesAt(handle, size - endBytes, endBytes);
  if (end.readUInt32LE(0) !== endSignature || end.readUInt16LE(20) !== 0) {
    throw new InvalidInputError('expected nothing after the directory of the archive');
  }
  const header = await bytesAt(handle, 0, localHeaderBytes + name.length);
  const found = header.toString('latin1', localHeaderBytes);
  const named = header.readUInt16LE(26) === name.length && found === name;
  const deferred = (header.readUInt16LE(6) & hasDescriptor) !== 0;
  const same =
    header.readUInt16LE(8) === entry.compressionMethod &&
    (deferred || header.readUInt32LE(14) === entry.crc32) &&
    (deferred || header.readUInt32LE(18) === entry.compressedSize) &&
    (deferred || header.readUInt32LE(22) === entry.uncompressedSize);
  if (entry.relativeOffsetOfLocalHeader !== 0 || !named || !same) {
    throw new InvalidInputError(
      `expected the header of ${name} first in the archive, and equal to its directory`,
    );
  }
  const contentEnd =
    localHeaderBytes + name.length + header.readUInt16LE(28) + entry.compressedSize;
  const between = end.readUInt32LE(16) - contentEnd;
  if (!(deferred ? descriptorBytes : [0]).includes(between)) {
    throw new InvalidInputError(
      `expected no bytes between ${name} and the directory of the archive`,
    );
  }
}

async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) {
    throw new InvalidInputError('expected an archive but it is cut off');
  }
  return buffer;
}
