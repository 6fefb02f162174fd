/** Finds the files in a zip archive that holds them as they are, without compression. */
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader } from 'yauzl';
import { expected, InvalidInputError } from '../errors.js';
import type { ByteSource } from './byte-source.js';

/** Where the content of a file lies in the archive, in bytes. */
export interface StoredFile {
  start: number;
  size: number;
}

/** More would take more memory than the archive. */
const mostEntries = 100_000;

/**
 * The files of an archive whose names are `wanted`.
 *
 * @throws InvalidInputError when it is damaged, or when one of these files is compressed, encrypted or there twice
 */
export async function storedFiles(
  source: ByteSource,
  wanted: (name: string) => boolean,
): Promise<Map<string, StoredFile>> {
  const damaged = (cause: Error) => {
    throw cause instanceof InvalidInputError
      ? cause
      : expected('a whole zip archive', source.file, cause.message);
  };
  const zip = await fromRandomAccessReaderPromise(new Reader(source), source.size, {
    autoClose: false,
  }).catch(damaged);
  if (zip.entryCount > mostEntries) {
    throw expected(`at most ${mostEntries} files in the archive`, source.file, zip.entryCount);
  }
  const entries = await entriesOf(zip.eachEntry(), wanted, source.file).catch(damaged);
  const files = new Map<string, StoredFile>();
  for (const [name, entry] of entries) {
    const header = await zip.readLocalFileHeaderPromise(entry, { minimal: true }).catch(damaged);
    files.set(name, { start: header.fileDataStart, size: entry.uncompressedSize });
  }
  return files;
}

async function entriesOf(
  all: AsyncIterable<Entry>,
  wanted: (name: string) => boolean,
  file: string,
): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  for await (const entry of all) {
    const { fileName: name, compressionMethod, compressedSize, uncompressedSize } = entry;
    if (!wanted(name)) {
      continue;
    }
    if (compressionMethod !== 0 || compressedSize !== uncompressedSize || entry.isEncrypted()) {
      throw expected('a file without compression', `${name} in ${file}`, 'a compressed one');
    }
    if (entries.has(name)) {
      throw expected('each name once', file, name);
    }
    entries.set(name, entry);
  }
  return entries;
}

/** Gives yauzl the bytes. */
class Reader extends RandomAccessReader {
  constructor(private readonly source: ByteSource) {
    super();
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null) => void,
  ): void {
    const target = buffer.subarray(offset, offset + length);
    this.source.readInto(target, position).then(() => done(null), done);
  }
}
