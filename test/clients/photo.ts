/** The decoded photo that every engine gets. */
import { writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { sha256 } from '../../src/disk/index.js';

export interface Photo {
  /** Its pixels: rows of red, green and blue bytes. */
  file: string;
  /** Height, width and channels. */
  shape: [number, number, number];
  /** SHA-256 of the pixels. */
  hash: string;
}

/** Pixels of a row or column that become one. */
const shrink = 4;

/**
 * Decodes `source`, reduces it, and writes the pixels to `file`.
 *
 * It is reduced because clients resize it: tfjs's CPU backend computes positions of pixels in 64-bit floats, TensorFlow and
 * WASM in 32-bit floats. On a photo 1920 pixels wide, that alone moves outputs by nearly the tolerance.
 */
export async function preparePhoto(source: string, file: string): Promise<Photo> {
  const { data, info } = await sharp(source).raw().toBuffer({ resolveWithObject: true });
  const { channels } = info;
  const [height, width] = [Math.floor(info.height / shrink), Math.floor(info.width / shrink)];
  const pixels = new Uint8Array(height * width * channels);
  for (let index = 0; index < pixels.length; index++) {
    const pixel = Math.floor(index / channels);
    const [row, column] = [Math.floor(pixel / width) * shrink, (pixel % width) * shrink];
    const corner = (row * info.width + column) * channels + (index % channels);
    pixels[index] = blockMean(data, corner, info.width * channels, channels);
  }
  writeFileSync(file, pixels);
  return { file, shape: [height, width, channels], hash: sha256(pixels) };
}

/** The mean of `shrink` × `shrink` values, of which the first one is at `corner`. */
function blockMean(data: Uint8Array, corner: number, rowStride: number, columnStride: number) {
  let sum = 0;
  for (let row = 0; row < shrink; row++) {
    for (let column = 0; column < shrink; column++) {
      sum += data[corner + row * rowStride + column * columnStride] as number;
    }
  }
  return Math.round(sum / shrink ** 2);
}
