/** Tiles of a sheet: images as squares of one size, and where they lie. */
import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import { type ImageFile, readImage } from '../../dataset/index.js';
import { isJpeg, mostFileBytes, OtherFormat } from '../../pipeline/index.js';
import { pixelDensity } from '../paint.js';

/** The side of a tile, in units. */
export const tile = 180;

/** Of a JPEG, which sharp holds whole if it is progressive. */
const mostJpegPixels = 2 ** 26;

/** A tile of the image, upright and with its stored numbers; grey if the image cannot be read, or is too large for this. */
export async function thumbnail(image: ImageFile): Promise<Buffer> {
  try {
    return await tileOf(await openPicture(image));
  } catch {
    return await tileOf(
      sharp({ create: { width: 1, height: 1, channels: 3, background: '#98a2b3' } }),
    );
  }
}

/**
 * The image, upright and with its stored numbers.
 *
 * @throws an Error when it cannot be read, or is too large for a picture
 */
export async function openPicture(image: ImageFile): Promise<Sharp> {
  const bytes = await readImage(image, mostFileBytes);
  if (isJpeg(bytes)) {
    const limitInputPixels = mostJpegPixels;
    return sharp(bytes, { autoOrient: true, failOn: 'none', ignoreIcc: true, limitInputPixels });
  }
  const { rgb, width, height } = await OtherFormat.of(bytes).decode();
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

/** A tile of any picture, whole. */
export async function tileOf(picture: Sharp): Promise<Buffer> {
  const side = tile * pixelDensity;
  return await picture
    .resize(side, side, { fit: 'contain', background: '#f2f4f7' })
    .png()
    .toBuffer();
}

/** A tile at (x, y), in units. */
export const placed = (input: Buffer, x: number, y: number): OverlayOptions => ({
  input,
  left: x * pixelDensity,
  top: y * pixelDensity,
});
