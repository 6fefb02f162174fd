/** Reads the first directory of a TIFF: TIFF 6.0 (Adobe 1992) and its technical notes. */
import { cutOff, type DecodePlan, Refused } from './container.js';

const entryBytes = 12;

const tags = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
  samples: 277,
  stripLengths: 279,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileLengths: 325,
  sampleFormat: 339,
};

/** Tags that decide the pixels or their orientation; text, colour profiles and private tags do not. */
const kept = new Set([
  ...Object.values(tags),
  // FillOrder, Orientation, RowsPerStrip, PlanarConfiguration, T4Options, T6Options, Predictor, ColorMap, InkSet
  ...[266, 274, 278, 284, 292, 293, 317, 320, 332],
  // ExtraSamples, JPEGTables, YCbCrCoefficients, YCbCrSubSampling, YCbCrPositioning, ReferenceBlackWhite
  ...[338, 347, 529, 530, 531, 532],
]);

/** Bytes of a value, by its type. */
const valueBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

const inks = 5;
/** How numbers become colours: white is 0, black is 0, RGB, palette, CMYK, YCbCr. */
const photometrics = [0, 1, 2, 3, inks, 6];

/** None, CCITT's three, LZW, JPEG's two, Deflate's two and PackBits. Other decoders inside a TIFF take seconds. */
const compressions = [1, 2, 3, 4, 5, 6, 7, 8, 32946, 32773];

/** Sample formats: unsigned, and not stated. */
const wholeNumbers = [1, 4];

const mostSamples = 8;
/** A tile may be larger than the image, and is held whole. */
const mostTilePixels = 2 ** 22;
/** Strips or tiles. */
const mostParts = 1 << 20;

/** A tag of the directory: where its values are, and their type and number. */
interface Entry {
  at: number;
  type: number;
  count: number;
}

/**
 * Later pages are cut off, and tags that do not change pixels are removed, in `bytes` itself.
 *
 * @throws Refused where the file ends before its image, or holds numbers that are not light or ink of 1 to 16 bits.
 */
export function planTiff(bytes: Buffer): DecodePlan {
  const file = new Directory(bytes);
  const width = file.number(tags.width, 0);
  const height = file.number(tags.height, 0);
  const samples = file.number(tags.samples, 1);
  const bits = file.number(tags.bits, 1);
  const photometric = file.number(tags.photometric, 1);
  if (!photometrics.includes(photometric)) {
    throw new Refused('stores colours that are not RGB: convert it to an RGB image');
  }
  if (!compressions.includes(file.number(tags.compression, 1))) {
    throw new Refused('is compressed in a rare way: save it with LZW or Deflate');
  }
  if (samples > mostSamples) {
    throw new Refused(
      `has ${samples} channels, more than the ${mostSamples} allowed: convert it to RGB`,
    );
  }
  if (bits > 16 || !wholeNumbers.includes(file.number(tags.sampleFormat, 1))) {
    throw new Refused(
      'stores numbers that are not whole or have more than 16 bits: convert it to 8-bit RGB',
    );
  }
  const [tileWidth, tileHeight] = [file.number(tags.tileWidth, 0), file.number(tags.tileHeight, 0)];
  if (tileWidth * tileHeight > mostTilePixels) {
    throw new Refused(
      `has tiles of ${tileWidth} × ${tileHeight} pixels, more than the ${mostTilePixels} allowed: save it without tiles`,
    );
  }
  file.checkParts();
  const stored = (samples * bits) / 8;
  const isInks = photometric === inks;
  return { bytes, width, height, bytesPerPixel: stored + (isInks ? 4 : 0), inks: isInks };
}

class Directory {
  private readonly entries = new Map<number, Entry>();
  private readonly little: boolean;

  constructor(private readonly bytes: Buffer) {
    this.little = bytes[0] === 0x49;
    const start = this.uint32(4);
    const count = this.uint16(start);
    const end = start + 2 + count * entryBytes;
    if (end + 4 > bytes.length) {
      throw new Refused(cutOff);
    }
    let to = start + 2;
    for (let at = to; at < end; at += entryBytes) {
      const tag = this.uint16(at);
      if (!kept.has(tag) || this.entries.has(tag)) {
        continue;
      }
      bytes.copyWithin(to, at, at + entryBytes);
      this.entries.set(tag, this.entry(to));
      to += entryBytes;
    }
    this.writeEnd(start, to);
  }

  /** The first value of a tag. */
  number(tag: number, otherwise: number): number {
    const entry = this.entries.get(tag);
    return entry ? this.value(entry, 0) : otherwise;
  }

  /** Checks that the file has all strips or tiles. */
  checkParts(): void {
    const tiled = this.entries.has(tags.tileOffsets);
    const offsets = this.entries.get(tiled ? tags.tileOffsets : tags.stripOffsets);
    const lengths = this.entries.get(tiled ? tags.tileLengths : tags.stripLengths);
    if (!offsets) {
      throw new Refused('is a damaged TIFF: it does not say where its pixels are');
    }
    if (offsets.count > mostParts) {
      throw new Refused(
        `has ${offsets.count} strips, more than the ${mostParts} allowed: save it again`,
      );
    }
    // Old files of one strip do not state its length.
    if (!lengths) {
      return;
    }
    for (let part = 0; part < Math.min(offsets.count, lengths.count); part++) {
      if (this.value(offsets, part) + this.value(lengths, part) > this.bytes.length) {
        throw new Refused(cutOff);
      }
    }
  }

  private entry(at: number): Entry {
    const type = this.uint16(at + 2);
    const count = this.uint32(at + 4);
    const length = (valueBytes[type] ?? 8) * count;
    const from = length <= 4 ? at + 8 : this.uint32(at + 8);
    if (from + length > this.bytes.length) {
      throw new Refused(cutOff);
    }
    return { at: from, type, count };
  }

  private value({ at, type }: Entry, index: number): number {
    const size = valueBytes[type] ?? 8;
    if (size === 1) {
      return this.bytes[at + index] as number;
    }
    return size === 2 ? this.uint16(at + 2 * index) : this.uint32(at + size * index);
  }

  /** The entries left end at `end`, and no page follows. */
  private writeEnd(start: number, end: number): void {
    const count = (end - start - 2) / entryBytes;
    this.bytes.fill(0, end, end + 4);
    if (this.little) {
      this.bytes.writeUInt16LE(count, start);
    } else {
      this.bytes.writeUInt16BE(count, start);
    }
  }

  private uint16(at: number): number {
    this.checkEnd(at + 2);
    return this.little ? this.bytes.readUInt16LE(at) : this.bytes.readUInt16BE(at);
  }

  private uint32(at: number): number {
    this.checkEnd(at + 4);
    return this.little ? this.bytes.readUInt32LE(at) : this.bytes.readUInt32BE(at);
  }

  private checkEnd(end: number): void {
    if (end > this.bytes.length) {
      throw new Refused(cutOff);
    }
  }
}
