/** Reads text files written by people, whose editors may put a byte order mark at the start or write another encoding. */
import { readFile } from 'node:fs/promises';
import { expected } from './errors.js';

/**
 * The UTF-8 text of `file` without its byte order mark.
 *
 * @throws the system's error when the file cannot be read, and InvalidInputError where it is not UTF-8.
 */
export async function readText(file: string): Promise<string> {
  const bytes = await readFile(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw expected('UTF-8 text', file, 'another encoding', 'Save the file as UTF-8');
  }
}
