/** Where an image's encoded bytes are: a file of its own, or a part of a shard. */
import { open } from 'node:fs/promises';

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
}

/** An image that is given by its path, or as it is. */
export function imageFile(image: string | ImageFile): ImageFile {
  return typeof image === 'string' ? { path: image } : image;
}

/** For messages: the path, and the byte where a part of the file begins. */
export function imageName({ path, range }: ImageFile): string {
  return range ? `${path} at byte ${range.offset}` : path;
}

/** The input for sharp: the path of a whole file, or the bytes of a part. Rejects where the file ends before the part does. */
export async function imageInput({ path, range }: ImageFile): Promise<string | Buffer> {
  if (!range) {
    return path;
  }
  const file = await open(path);
  try {
    const { size } = await file.stat();
    // Checked before memory is allocated: a wrong length may be any number.
    if (range.offset + range.length > size) {
      throw new Error(`the shard ends at byte ${size}`);
    }
    const bytes = Buffer.allocUnsafe(range.length);
    const { bytesRead } = await file.read(bytes, 0, range.length, range.offset);
    if (bytesRead < range.length) {
      throw new Error('the shard became shorter while it was read');
    }
    return bytes;
  } finally {
    await file.close();
  }
}
