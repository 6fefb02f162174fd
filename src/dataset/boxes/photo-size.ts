/** The size of a photo by its headers. */
import sharp from 'sharp';
import { type ImageFile, readImage } from '../image-file.js';

/** How the formats begin whose headers sharp reads. It is given nothing else: SVG is a program. */
const known = /^(?:\xff\xd8|\x89PNG|GIF8|RIFF....WEBP|II\*\0|MM\0\*|....ftyp)/s;

const mostBytes = 2 ** 27;

/** In pixels, upright; undefined for BMP, Netpbm, and what cannot be read. */
export async function photoSize(
  photo: ImageFile,
): Promise<{ width: number; height: number } | undefined> {
  try {
    return await sizeOfBytes(await readImage(photo, mostBytes));
  } catch {
    // Whoever decodes the photo says why it cannot be read.
    return undefined;
  }
}

/** As {@link photoSize}, of an encoded photo in memory. */
export async function sizeOfBytes(
  bytes: Buffer,
): Promise<{ width: number; height: number } | undefined> {
  try {
    if (!known.test(bytes.toString('latin1', 0, 12))) {
      return undefined;
    }
    const { autoOrient } = await sharp(bytes, {
      failOn: 'none',
      limitInputPixels: false,
    }).metadata();
    return autoOrient;
  } catch {
    // Whoever decodes the photo says why it cannot be read.
    return undefined;
  }
}
