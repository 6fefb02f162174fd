/** Opens files for reading: only regular files, because reading a pipe or a device may wait for ever. */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { expected } from '../errors.js';

/** The most that Node reads at once. */
const mostBytes = 2 ** 31 - 1;

/**
 * Opens `file`, by default for reading; the caller closes the handle. `size` is in bytes.
 *
 * @throws InvalidInputError for a folder, pipe, device or socket, and the system's error where the file cannot be opened.
 */
export async function openRegular(
  file: string,
  flags: number = constants.O_RDONLY,
): Promise<{ handle: FileHandle; size: number }> {
  // Without O_NONBLOCK, opening a pipe waits for a writer.
  const handle = await open(file, flags | (constants.O_NONBLOCK ?? 0)).catch(
    (error: NodeJS.ErrnoException) => {
      throw error.code === 'ENXIO' ? notRegular(file, 'a socket or a device') : error;
    },
  );
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) {
      throw notRegular(file, kindOf(stats));
    }
    return { handle, size: stats.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * The content of `file`.
 *
 * @throws InvalidInputError where it is no regular file or has more than 2 GiB, and the system's error otherwise.
 */
export async function readRegular(file: string): Promise<Buffer> {
  const { handle, size } = await openRegular(file);
  try {
    if (size > mostBytes) {
      throw expected(`at most ${mostBytes} bytes`, file, size);
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function notRegular(file: string, kind: string): Error {
  return expected('a regular file', file, kind, 'Copy its content to a file, and name that');
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) {
    return 'a folder';
  }
  return stats.isFIFO() ? 'a pipe' : 'a device';
}
