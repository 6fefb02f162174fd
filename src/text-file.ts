/** Reads text that somebody wrote: an editor may have put a byte order mark before it. */
import { readFile } from 'node:fs/promises';

/** The UTF-8 text of `file` without its byte order mark. Rejects with the system's error. */
export async function readText(file: string): Promise<string> {
  return new TextDecoder().decode(await readFile(file));
}
