/** What the readers of the containers share: the plan of a decode, and how the bytes for the decoder are laid together. */

/** What is to be decoded, and how much memory it takes. */
export interface DecodePlan {
  /** A whole file with the first picture and nothing that does not change its pixels or its orientation. */
  bytes: Buffer;
  width: number;
  height: number;
  /** Memory that the decoder needs for each pixel beside the RGB that it makes, in bytes. */
  bytesPerPixel: number;
  /** Pixels allowed for the time that they take; memory bounds them, too. */
  mostPixels?: number;
  /** Whether the numbers are inks (CMYK) and not light. */
  inks?: boolean;
  /** Writes the picture as RGB, and yields after each row; for a format that sharp does not read. */
  paint?: (rgb: Buffer) => Generator<undefined>;
}

/** A reason that an image is refused for; it follows the file's name. */
export class Refused extends Error {}

/** The reason of a file that ends too early. */
export const cutOff = 'is cut off: it ends before its image does';

/** An orientation takes some bytes; more is a description of the photo. */
export const mostExifBytes = 1 << 16;

/** Chunks or blocks of a file: no encoder needs so many. */
export const mostPieces = 100_000;

/** Moves ranges of a buffer towards its beginning, one behind the other, so that what lies between them is gone. */
export class Compaction {
  private end = 0;

  constructor(private readonly bytes: Buffer) {}

  /** Keeps the bytes from `start` to `end`; ranges ascend. Returns where they begin now. */
  keep(start: number, end: number): number {
    const to = this.end;
    if (start !== to) {
      this.bytes.copyWithin(to, start, end);
    }
    this.end = to + Math.min(end, this.bytes.length) - start;
    return to;
  }

  /** What was kept. */
  get kept(): Buffer {
    return this.bytes.subarray(0, this.end);
  }
}
