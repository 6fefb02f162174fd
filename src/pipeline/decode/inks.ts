/** Turns stored inks into light, by the rule that Pillow, libjpeg's users and Bobbin's JPEG decoder share. */
import { setImmediate } from 'node:timers/promises';

/** Pixels between two turns of the event loop: some milliseconds. */
const pixelsAtOnce = 1 << 19;

/** RGB of interleaved CMYK, 255 being full ink, in the memory of `cmyk`: (255 − ink) · (255 − black) / 255. */
export async function lightOf(cmyk: Buffer): Promise<Buffer> {
  const pixels = Math.floor(cmyk.length / 4);
  for (let first = 0; first < pixels; first += pixelsAtOnce) {
    const last = Math.min(pixels, first + pixelsAtOnce);
    for (let pixel = first; pixel < last; pixel++) {
      const light = 255 - (cmyk[4 * pixel + 3] as number);
      for (let color = 0; color < 3; color++) {
        const ink = cmyk[4 * pixel + color] as number;
        cmyk[3 * pixel + color] = ((255 - ink) * light + 127) / 255;
      }
    }
    await setImmediate();
  }
  return cmyk.subarray(0, 3 * pixels);
}
