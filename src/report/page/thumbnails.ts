/** Small pictures within a page: photos, and where a network looked. */
import sharp, { type Sharp } from 'sharp';
import type { ImageFile } from '../../dataset/index.js';
import type { Preprocessing } from '../../pipeline/index.js';
import type { SeenImage } from '../../prediction/index.js';
import { openPicture } from '../sheets/tiles.js';
import { pictureOfView } from '../sheets/views.js';

/** The longer side in pixels: twice of what the page shows, for screens with two pixels for each. */
const side = 208;
const quality = 72;

/** A picture as the address of an `<img>`. */
export interface Thumbnail {
  address: string;
  width: number;
  height: number;
}

/** A thumbnail of the whole image; undefined if it cannot be read. */
export async function photoOf(image: ImageFile): Promise<Thumbnail | undefined> {
  try {
    return await thumbnailOf(await openPicture(image));
  } catch {
    return undefined;
  }
}

/** What the network saw of an image, dark where it did not look; undefined if no place speaks for the class. */
export async function lookOf(
  { pixels, map, width, height }: SeenImage,
  preprocessing: Preprocessing,
): Promise<Thumbnail | undefined> {
  const most = map.reduce((greatest, value) => Math.max(greatest, value), 0);
  if (most === 0) {
    return undefined;
  }
  const light = Uint8Array.from(map, (value) => 255 * (dark + (1 - dark) * (value / most)));
  const { crop } = preprocessing;
  const veil = await sharp(light, { raw: { width, height, channels: 1 } })
    .resize(crop, crop, { fit: 'fill', kernel: 'cubic' })
    .toColourspace('srgb')
    .png()
    .toBuffer();
  const seen = pictureOfView(pixels, preprocessing).composite([{ input: veil, blend: 'multiply' }]);
  // Sharp resizes before it composes.
  return await thumbnailOf(sharp(await seen.png().toBuffer()));
}

/** The light of a place at which the network did not look at all, 0…1. */
const dark = 0.18;

async function thumbnailOf(picture: Sharp): Promise<Thumbnail> {
  const { data, info } = await picture
    .resize(side, side, { fit: 'inside' })
    .flatten({ background: '#ffffff' })
    .jpeg({ quality, mozjpeg: true })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return { address: `data:image/jpeg;base64,${data.toString('base64')}`, width, height };
}
