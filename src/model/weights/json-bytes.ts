/** Reads the JSON that describes weights, if it is small enough for what it becomes in memory. */
import { type ByteSource, readPart } from '../../disk/index.js';
import { expected } from '../../errors.js';

/** A network of a thousand layers takes a third. */
const mostBytes = 4_000_000;

/** A value takes a hundred bytes or more, and may be written in three. A layer has some sixty. */
const mostValues = 200_000;

const [comma, brace, bracket] = Buffer.from(',{[');

/** @throws InvalidInputError when it is larger */
export async function readJsonBytes(source: ByteSource): Promise<Buffer> {
  const { file, size } = source;
  if (size > mostBytes) {
    throw expected(`at most ${mostBytes} bytes of JSON`, file, size);
  }
  const bytes = await readPart(source, 0, size);
  let values = 0;
  for (const byte of bytes) {
    values += Number(byte === comma || byte === brace || byte === bracket);
  }
  if (values > mostValues) {
    throw expected(`at most ${mostValues} values in the JSON`, file, values);
  }
  return bytes;
}
