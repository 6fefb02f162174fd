/**
 * Finds the members of an uncompressed tar file: ustar and pax (POSIX.1-2017, "pax Interchange Format"), GNU's long names
 * and large sizes (GNU tar manual, "Basic Tar Format"), and the older V7 form.
 */
import { isUtf8 } from 'node:buffer';
import { InvalidInputError } from '../../errors.js';
import { maxPieceBytes, type SequentialFile } from './sequential-file.js';

export const blockBytes = 512;
const zeros = Buffer.alloc(blockBytes);

/** A regular file inside a tar; its content is `size` bytes from byte `offset` on. */
export interface TarMember {
  name: string;
  offset: number;
  size: number;
}

/** The content of a header block. */
interface Header extends Pick<TarMember, 'name' | 'size'> {
  type: string;
}

/** Fields of a member that the extension members before it replace. */
type Extension = Partial<Pick<TarMember, 'name' | 'size'>>;

/**
 * The regular files of a tar in their order; folders, links and devices are skipped.
 *
 * @throws InvalidInputError naming file and byte, for a wrong header, a member that is longer than the file, a sparse or
 * multi-volume member, and a missing end.
 */
export async function* readTar(file: SequentialFile): AsyncGenerator<TarMember> {
  let extension: Extension = {};
  let at = 0;
  for (let block = await blockAt(file, at); !block.equals(zeros); block = await blockAt(file, at)) {
    const header = readHeader(block, file, at);
    const offset = at + blockBytes;
    const extending = 'xgLK'.includes(header.type);
    const { name, size } = extending ? header : { ...header, ...extension };
    // Links, devices and folders have no content, even where their size is not 0.
    const length = '123456'.includes(header.type) ? 0 : size;
    if (length > file.size - offset) {
      throw damaged(file, at, `${quoted(name)} has ${length} bytes, but the file ends before them`);
    }
    if (extending) {
      extension = { ...extension, ...(await readExtension(file, header, offset)) };
    } else {
      if ('07\0'.includes(header.type)) {
        yield { name, offset, size };
      }
      extension = {};
    }
    at = offset + Math.ceil(length / blockBytes) * blockBytes;
  }
  const second = await blockAt(file, at + blockBytes);
  if (!second.equals(zeros)) {
    throw damaged(file, at, 'more follows the first of the two blocks of zeros that end a tar');
  }
}

/** The error of a place in a tar. */
export function damaged({ path }: SequentialFile, at: number, what: string): InvalidInputError {
  return new InvalidInputError(`${path} at byte ${at}: ${what}`);
}

async function blockAt(file: SequentialFile, at: number): Promise<Buffer> {
  if (at + blockBytes > file.size) {
    const what = 'the two blocks of zeros that end a tar are missing: it was cut, or never closed';
    throw damaged(file, at, what);
  }
  return await file.piece(at, blockBytes);
}

function readHeader(block: Buffer, file: SequentialFile, at: number): Header {
  if (numberIn(block, 148, 156) !== checksumOf(block)) {
    const compression = at === 0 ? compressionOf(block) : undefined;
    const what = compression
      ? `it is not a tar but compressed by ${compression}: unpack it first`
      : 'there is no header here, or its checksum is wrong';
    throw damaged(file, at, what);
  }
  const type = String.fromCharCode(block[156] as number);
  const name = text(block, 0, 100);
  // GNU's own form, 'ustar  ', keeps times where POSIX keeps the rest of a long name.
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? text(block, 345, 500) : '';
  if ('SM'.includes(type)) {
    throw damaged(file, at, `${quoted(name)} is sparse or of several volumes: pack the files anew`);
  }
  const size = numberIn(block, 124, 136);
  if (size === undefined) {
    throw damaged(file, at, `the size of ${quoted(name)} is not a number`);
  }
  return { name: prefix === '' ? name : `${prefix}/${name}`, size, type };
}

/** By the first bytes of each format. */
function compressionOf(block: Buffer): string | undefined {
  const start = block.toString('latin1', 0, 6);
  const known = {
    '\x1F\x8B': 'gzip',
    BZh: 'bzip2',
    '\xFD7zXZ\0': 'xz',
    '\x28\xB5\x2F\xFD': 'zstd',
    PK: 'zip',
  };
  return Object.entries(known).find(([magic]) => start.startsWith(magic))?.[1];
}

/** The sum of a header's bytes, its own checksum read as spaces. */
export function checksumOf(block: Uint8Array): number {
  let sum = 8 * 32;
  for (let index = 0; index < blockBytes; index++) {
    if (index < 148 || index >= 156) {
      sum += block[index] as number;
    }
  }
  return sum;
}

/** Octal digits, or GNU's base 256 where the first bit is set; undefined for anything else. */
function numberIn(block: Buffer, from: number, to: number): number | undefined {
  const field = block.subarray(from, to);
  if (field[0] === 0x80) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const [, digits] = /^ *([0-7]*)[ \0]*$/.exec(field.toString('latin1')) ?? [];
  return digits === undefined ? undefined : Number.parseInt(`0${digits}`, 8);
}

/** The text up to the first NUL. */
function text(block: Buffer, from: number, to: number): string {
  const end = block.subarray(from, to).indexOf(0);
  return decoded(block.subarray(from, end < 0 ? to : from + end));
}

/** UTF-8, or a character for each byte where it is not: names of another encoding have to stay different. */
function decoded(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}

async function readExtension(
  file: SequentialFile,
  { type, size }: Header,
  offset: number,
): Promise<Extension> {
  if (size > maxPieceBytes) {
    throw damaged(file, offset, `a name or record of ${size} bytes is too long to be one`);
  }
  const content = await file.piece(offset, size);
  if (type === 'L') {
    return { name: text(content, 0, size) };
  }
  return type === 'x' ? readPax(content, file, offset) : {};
}

/** Makes the error of one record. */
type Fail = (what: string) => InvalidInputError;

/** Records `length key=value\n`, where the length counts itself too. */
function readPax(content: Buffer, file: SequentialFile, offset: number): Extension {
  const extension: Extension = {};
  for (let at = 0; at < content.length; ) {
    const fail: Fail = (what) => damaged(file, offset + at, `a pax record ${what}`);
    const { key, value, end } = paxRecord(content, at, fail);
    if (key.startsWith('GNU.sparse')) {
      throw fail('makes a file sparse: pack the files anew');
    }
    if (key === 'path') {
      extension.name = value;
    } else if (key === 'size') {
      extension.size = paxSize(value, fail);
    }
    at = end;
  }
  return extension;
}

/** The record that begins at byte `at` of `content`, and where it ends. */
function paxRecord(
  content: Buffer,
  at: number,
  fail: Fail,
): { key: string; value: string; end: number } {
  const space = content.indexOf(' ', at);
  const digits = content.toString('latin1', at, Math.max(at, space));
  const end = /^\d{1,8}$/.test(digits) ? at + Number(digits) : 0;
  if (end <= space || end > content.length || content[end - 1] !== 10) {
    throw fail('is not as long as it says');
  }
  const text = decoded(content.subarray(space + 1, end - 1));
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) {
    throw fail('has no key');
  }
  return { key, value, end };
}

function paxSize(value: string, fail: Fail): number {
  const size = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(size)) {
    throw fail(`has the size ${quoted(value)}`);
  }
  return size;
}

/** A name from a file, which may be anything: at most 100 characters of it, in quotes. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}
