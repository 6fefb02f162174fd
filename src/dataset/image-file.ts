/** Where an image's encoded bytes are: a file of its own, or a part of a shard. */
import { openRegular } from '../disk/index.js';
import type { Box } from './boxes/box.js';

/** In bytes; `length` is at least 1. */
export interface ByteRange {
  offset: number;
  length: number;
}

/** Whether the numbers of a range are valid: it may come from a file that a person edited. */
export function isRange(range: ByteRange | null): boolean {
  const { offset = -1, length = 0 } = range ?? {};
  return Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(length) && length > 0;
}

/** An image, still encoded. */
export interface ImageFile {
  path: string;
  /** Absent where the image is the whole file. */
  range?: ByteRange;
  /** The part to look at; absent for the whole image. */
  box?: Box;
}

/** An image that cannot be used. */
export interface DamagedImage extends ImageFile {
  /** What is wrong, and where, e.g. the rows in which a JPEG's codes are invalid. */
  reason: string;
}

/** An image that is given by its path, or as it is. */
export function imageFile(image: string | ImageFile): ImageFile {
  return typeof image === 'string' ? { path: image } : image;
}

/** For messages: the path, and the byte where a part of the file begins. */
export function imageName({ path, range }: ImageFile): string {
  return range ? `${path} at byte ${range.offset}` : path;
}

/**
 * The encoded bytes. Rejects where the file is no regular file, ends before the part does, or has more than `most` bytes for
 * the image.
 */
export async function readImage({ path, range }: ImageFile, most: number): Promise<Buffer> {
  const { handle, size } = await openRegular(path);
  try {
    const { offset, length } = range ?? { offset: 0, length: size };
    // Checked before memory is allocated: a wrong length may be any number.
    if (offset + length > size) {
      throw new Error(`the shard ends at byte ${size}`);
    }
    if (length > most) {
      throw new Error(`has ${length} bytes, more than the ${most} allowed: save it smaller`);
    }
    // Not from Node's pool, whose memory is shared.
    const bytes = Buffer.allocUnsafeSlow(length);
    const { bytesRead } = await handle.read(bytes, 0, length, offset);
    if (bytesRead < length) {
      throw new Error('the file became shorter while it was read');
    }
    return bytes;
  } finally {
    await handle.close();
  }
}
