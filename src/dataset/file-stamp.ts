/** What tells without reading a file that its bytes may be others than before: its size and time. */
import type { Stats } from 'node:fs';

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
