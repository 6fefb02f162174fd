/** Reads a file or a folder that may be absent. */

/**
 * The result of `reading`, or undefined where the system finds nothing at the path: it does not exist (ENOENT), or a part of
 * it is a file instead of a folder (ENOTDIR). Rejects with any other error.
 */
export async function ifPresent<T>(reading: Promise<T>): Promise<T | undefined> {
  return await reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
      return undefined;
    }
    throw error;
  });
}
