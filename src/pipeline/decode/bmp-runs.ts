/** Decodes the run lengths of a BMP with 4 or 8 bits a pixel: "Bitmap Compression" (Microsoft, Win32). */
import { cutOff, Refused } from './container.js';

/** A picture of run lengths. */
interface RunPicture {
  bytes: Buffer;
  /** RGB of each index. */
  colors: Buffer;
  width: number;
  height: number;
  topDown: boolean;
  bits: number;
  /** Where the codes begin. */
  start: number;
}

/** What follows a zero, if it is not the number of pixels that follow as they are. */
const endOfRow = 0;
const endOfPicture = 1;
const move = 2;

/** Paints the pixels that have codes; those that codes skip get index 0, as in Pillow. Yields after each row. */
export function* paintRuns(picture: RunPicture, rgb: Buffer): Generator<undefined> {
  rgb.fill(picture.colors.subarray(0, 3));
  const runs = new Runs(picture, rgb);
  // No encoder writes more for a row, and a row is painted at once.
  const mostRowBytes = 4 * picture.width + 1024;
  while (runs.y < picture.height) {
    const { y, at } = runs;
    while (runs.y === y) {
      runs.next();
      if (runs.at - at > mostRowBytes) {
        throw new Refused('is a damaged BMP: it has more codes than its pixels take');
      }
    }
    yield;
  }
}

class Runs {
  /** The byte of the next code. */
  at: number;
  /** The row of the next pixel, in the order of the file. */
  y = 0;
  private x = 0;

  constructor(
    private readonly picture: RunPicture,
    private readonly rgb: Buffer,
  ) {
    this.at = picture.start;
  }

  /** Paints what the next code says. After the picture, `y` is its height or more. */
  next(): void {
    const { bits, height } = this.picture;
    const count = this.take();
    const value = this.take();
    if (count > 0) {
      this.paint(count, () => value);
    } else if (value === endOfPicture) {
      this.y = height;
    } else if (value === endOfRow) {
      this.x = 0;
      this.y += 1;
    } else if (value === move) {
      this.x += this.take();
      this.y += this.take();
    } else {
      const from = this.at;
      this.paint(value, (pixel) => this.picture.bytes[from + ((pixel * bits) >> 3)]);
      // Their bytes are even in number.
      this.at += 2 * Math.ceil((value * bits) / 16);
    }
  }

  private take(): number {
    const byte = this.picture.bytes[this.at++];
    if (byte === undefined) {
      throw new Refused(cutOff);
    }
    return byte;
  }

  /** Paints the pixels of a run that are in the row. `byteOf` gives the byte with a pixel's index, the first of two in its upper half. */
  private paint(count: number, byteOf: (pixel: number) => number | undefined): void {
    const { colors, width, height, topDown, bits } = this.picture;
    const row = topDown ? this.y : height - 1 - this.y;
    const end = Math.min(width, this.x + count);
    for (let pixel = 0; this.x < end; pixel++) {
      const byte = byteOf(pixel);
      if (byte === undefined) {
        throw new Refused(cutOff);
      }
      const index = bits === 8 ? byte : (byte >> (pixel % 2 === 0 ? 4 : 0)) & 15;
      const to = 3 * (row * width + this.x++);
      this.rgb[to] = colors[3 * index] as number;
      this.rgb[to + 1] = colors[3 * index + 1] as number;
      this.rgb[to + 2] = colors[3 * index + 2] as number;
    }
  }
}
