/** Reads a file of JSON lines: an object a line, https://jsonlines.org. */
import { isObject, openRegular } from '../../disk/index.js';
import { expected } from '../../errors.js';

// A line is a path and a few words. What is longer belongs to a file of another kind and must not fill the memory.
const maxLineBytes = 64 * 1024;

/** One object and where it stands in its file. */
export interface JsonLine {
  value: Record<string, unknown>;
  /** `file:line`, from 1. */
  place: string;
}

/**
 * The objects of a file. Blank lines, a byte order mark and any line ending are accepted.
 *
 * @throws InvalidInputError with file and line, for a line that is not a JSON object in UTF-8, or that has more than 64 KiB
 */
export async function* readJsonLines(file: string): AsyncGenerator<JsonLine> {
  let number = 0;
  for await (const bytes of linesOf(file)) {
    number += 1;
    const place = `${file}:${number}`;
    const text = decoded(bytes, place).trim();
    if (text !== '') {
      yield { value: objectIn(text, place), place };
    }
  }
}

function decoded(bytes: Buffer, place: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw expected('UTF-8 text', place, bytes.toString('latin1'), 'Convert the file to UTF-8');
  }
}

function objectIn(text: string, place: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw expected('an object in JSON', place, text, 'Each line is one object');
  }
  if (!isObject(value)) {
    throw expected('an object in JSON', place, value);
  }
  return value;
}

/** The lines of a file, without their ends. */
async function* linesOf(file: string): AsyncGenerator<Buffer> {
  const source = (await openRegular(file)).handle.createReadStream();
  let rest = Buffer.alloc(0);
  try {
    for await (const piece of source) {
      rest = Buffer.concat([rest, piece as Buffer]);
      let start = 0;
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, start)) {
        yield rest.subarray(start, end);
        start = end + 1;
      }
      rest = rest.subarray(start);
      if (rest.length > maxLineBytes) {
        throw expected(`lines of at most ${maxLineBytes} bytes`, file, rest.length);
      }
    }
  } finally {
    source.destroy();
  }
  if (rest.length > 0) {
    yield rest;
  }
}
