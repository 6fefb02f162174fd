/** Bytes in memory in the place of a file. */
import type { ByteSource } from '../../src/disk/index.js';
import { expected } from '../../src/errors.js';

/** @param file its path, for errors */
export const bytesSource = (bytes: Uint8Array, file: string): ByteSource => ({
  file,
  size: bytes.length,
  async readInto(target, start) {
    const part = bytes.subarray(start, start + target.length);
    if (part.length < target.length || start < 0) {
      throw expected(`${target.length} bytes from byte ${start} on`, file, bytes.length);
    }
    target.set(part);
  },
});
