/** What a network sees, as a picture. */
import sharp, { type Sharp } from 'sharp';
import type { Preprocessing } from '../../pipeline/index.js';

/** A picture of normalised pixels, [crop, crop, 3], with the colours of the image. */
export function pictureOfView(
  pixels: Float32Array,
  { mean, std, channels, crop }: Preprocessing,
): Sharp {
  const bytes = new Uint8ClampedArray(pixels.length);
  for (let index = 0; index < pixels.length; index++) {
    const channel = index % 3;
    const target = channels === 'rgb' ? index : index - channel + (2 - channel);
    bytes[target] =
      (pixels[index] as number) * (std[channel] as number) + (mean[channel] as number);
  }
  return sharp(new Uint8Array(bytes.buffer), { raw: { width: crop, height: crop, channels: 3 } });
}
