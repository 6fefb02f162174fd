/** Finds the files in a zip archive that holds them as they are, without compression. */
import { fromRandomAccessReaderPromise, RandomAccessReader } from 'yauzl';
import { expected, InvalidInputError } from '../errors.js';
import type { ByteSource } from './byte-source.js';

/** Where the content of a file lies in the archive, in bytes. */
export interface StoredFile {
  start: number;
  size: number;
}

/** A network has some thousands. */
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
  try {
    return await findFiles(source, wanted);
  } catch (error) {
    throw error instanceof InvalidInputError
      ? error
      : expected('a whole zip archive', source.file, (error as Error).message);
  }
}

async function findFiles(
  source: ByteSource,
  wanted: (name: string) => boolean,
): Promise<Map<string, StoredFile>> {
  const { file, size } = source;
  const zip = await fromRandomAccessReaderPromise(new Reader(source), size, { autoClose: false });
  if (zip.entryCount > mostEntries) {
    throw expected(`at most ${mostEntries} files in the archive`, file, zip.entryCount);
  }
  const files = new Map<string, StoredFile>();
  for await (const entry of zip.eachEntry()) {
    const { fileName: name, compressionMethod, compressedSize, uncompressedSize } = entry;
    if (!wanted(name)) {
      continue;
    }
    if (compressionMethod !== 0 || compressedSize !== uncompressedSize || entry.isEncrypted()) {
      throw expected('a file without compression', `${name} in ${file}`, 'a compressed one');
    }
    if (files.has(name)) {
      throw expected('each name once', file, name);
    }
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    files.set(name, { start: fileDataStart, size: uncompressedSize });
  }
  return files;
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
