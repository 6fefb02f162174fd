/** Reads text files written by people, whose editors may put a byte order mark at the start. */
import { readFile } from 'node:fs/promises';

/**
 * The UTF-8 text of `file` without its byte order mark.
 *
 * @throws the system's error when the file cannot be read.
 */
export async function readText(file: string): Promise<string> {
  return new TextDecoder().decode(await readFile(file));
}
