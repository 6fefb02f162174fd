/** Reads text files written by people, whose editors may put a byte order mark at the start or write another encoding. */
import { expected } from '../errors.js';
import { readRegular } from './regular-file.js';

/**
 * The UTF-8 text of `file` without its byte order mark.
 *
 * @throws InvalidInputError where `file` is no regular file or is not UTF-8, and the system's error when it cannot be read.
 */
export async function readText(file: string): Promise<string> {
  const bytes = await readRegular(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw expected('UTF-8 text', file, 'another encoding', 'Save the file as UTF-8');
  }
}
