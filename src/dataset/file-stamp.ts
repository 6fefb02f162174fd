/** What tells without reading a file that its bytes may be others than before: its size and time. */
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ifPresent } from '../disk/index.js';

/** By what a changed file is known. */
export interface FileStamp {
  /** In bytes. */
  size: number;
  /** When its bytes were last written: milliseconds since 1970, an integer. */
  modified: number;
}

/** The stamp of a file by what the system says about it. */
export function stampOf({ size, mtimeMs }: Pick<Stats, 'size' | 'mtimeMs'>): FileStamp {
  return { size, modified: Math.floor(mtimeMs) };
}

/** The stamp of a file; undefined if the system finds none at this path, or does not say. */
export async function fileStamp(file: string): Promise<FileStamp | undefined> {
  return await stat(file).then(stampOf, () => undefined);
}

/** The stamp of a file, undefined if there is none at this path, or the system's code for why it does not say. */
export async function stampOrCode(file: string): Promise<FileStamp | { code: string } | undefined> {
  return await ifPresent(stat(file).then(stampOf)).catch(({ code }) => ({ code }));
}
