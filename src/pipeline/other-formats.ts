/** Decodes what is no JPEG (PNG, WebP, GIF, TIFF, AVIF, …) by its content, off the JavaScript thread. */
import sharp from 'sharp';
import { type ImageFile, imageInput } from '../dataset/index.js';

/** Upright, interleaved 8-bit sRGB without padding. */
export interface DecodedImage {
  rgb: Uint8Array;
  width: number;
  height: number;
}

/**
 * The first frame of an image, transparency laid over white.
 *
 * Rejects with the decoder's reason where the file is no image or is damaged.
 */
export async function decodeOtherFormat(image: ImageFile): Promise<DecodedImage> {
  const { data, info } = await sharp(await imageInput(image), { failOn: 'error' })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) {
    throw new Error(`decoded to ${info.channels} channels instead of 3`);
  }
  return { rgb: data, width: info.width, height: info.height };
}
