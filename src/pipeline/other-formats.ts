/** Decodes images that are not JPEG files (PNG, WebP, GIF, TIFF, AVIF, …) on sharp's threads; the content shows the format. */
import sharp from 'sharp';
import { type ImageFile, imageInput } from '../dataset/index.js';

/** Upright, interleaved 8-bit sRGB without padding. */
export interface DecodedImage {
  rgb: Uint8Array;
  width: number;
  height: number;
}

/**
 * The first frame of an image, on a white background if it is transparent.
 *
 * @throws an Error with the decoder's reason when the file is not an image or is damaged.
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
