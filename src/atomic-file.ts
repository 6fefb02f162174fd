/** Files that are written whole or not at all. */
import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Lets `write` fill a temporary file beside `file`, then moves it there; a failure leaves `file` as it was. */
export async function replaceFile(
  file: string,
  write: (unfinished: string) => Promise<unknown>,
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await write(unfinished);
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Writes `content` to `file`, creating its folder, whole or not at all. */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  await replaceFile(file, (unfinished) => writeFile(unfinished, content));
}
