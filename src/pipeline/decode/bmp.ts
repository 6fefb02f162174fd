/** Reads a BMP: "Bitmap Storage" (Microsoft, Win32) and OS/2's first form of it. */
import { paintRuns } from './bmp-runs.js';
import { cutOff, type DecodePlan, Refused } from './container.js';

const fileHeaderBytes = 14;

/** Sizes of the header that follows that of the file: OS/2's, and each that Windows or OS/2 added fields to. */
const coreBytes = 12;
const infoBytes = 40;
const os2Bytes = 64;
const headers = [coreBytes, infoBytes, 52, 56, os2Bytes, 108, 124];

const compressions = { none: 0, runs8: 1, runs4: 2, masks: 3, masksWithAlpha: 6 };

/** The bits of a pixel that hold red, green, blue and opacity; 0 where it has none. */
type Masks = readonly [red: number, green: number, blue: number, alpha: number];

const usualMasks: Record<number, Masks> = {
  16: [0x7c00, 0x03e0, 0x001f, 0],
  32: [0xff0000, 0xff00, 0xff, 0],
};

interface Header {
  /** The header's own size, in bytes. */
  size: number;
  width: number;
  height: number;
  /** Whether the first row of the file is the picture's first; usually it is its last. */
  topDown: boolean;
  bits: number;
  compression: number;
  /** Where the pixels begin. */
  start: number;
}

/** @throws Refused where the file ends before its image, or has a form that BMP does not have. */
export function planBmp(bytes: Buffer): DecodePlan {
  const header = headerOf(bytes);
  checkForm(header);
  const { width, height, compression, bits } = header;
  const isRuns = compression === compressions.runs8 || compression === compressions.runs4;
  if (!isRuns && header.start + (height - 1) * stride(header) + rowBytes(header) > bytes.length) {
    throw new Refused(cutOff);
  }
  const colors = bits <= 8 ? paletteOf(bytes, header) : Buffer.of();
  if (isRuns) {
    const picture = { bytes, colors, ...header };
    return { bytes, width, height, bytesPerPixel: 0, paint: (rgb) => paintRuns(picture, rgb) };
  }
  const paintRow = painterOf(bytes, header, colors);
  const paint = (rgb: Buffer) => paintRows(header, paintRow, rgb);
  return { bytes, width, height, bytesPerPixel: 0, paint };
}

function headerOf(bytes: Buffer): Header {
  const size = bytes.length < fileHeaderBytes + coreBytes ? 0 : bytes.readUInt32LE(fileHeaderBytes);
  if (bytes.length < fileHeaderBytes + Math.max(coreBytes, size)) {
    throw new Refused(cutOff);
  }
  const start = bytes.readUInt32LE(10);
  if (size === coreBytes) {
    return {
      size,
      start,
      width: bytes.readUInt16LE(18),
      height: bytes.readUInt16LE(20),
      topDown: false,
      bits: bytes.readUInt16LE(24),
      compression: compressions.none,
    };
  }
  if (!headers.includes(size)) {
    throw new Refused(`is a damaged BMP: no header has ${size} bytes`);
  }
  const height = bytes.readInt32LE(22);
  return {
    size,
    start,
    width: bytes.readInt32LE(18),
    height: Math.abs(height),
    topDown: height < 0,
    bits: bytes.readUInt16LE(28),
    compression: bytes.readUInt32LE(30),
  };
}

function checkForm({ size, width, height, bits, compression }: Header): void {
  if (width <= 0 || height === 0) {
    throw new Refused(`is a damaged BMP: it states ${width} × ${height} pixels`);
  }
  const { none, runs8, runs4, masks, masksWithAlpha } = compressions;
  // OS/2's larger header gives other meanings to the numbers from 3.
  const isKnown = compression <= (size === os2Bytes ? runs4 : masks);
  if (!isKnown && compression !== masksWithAlpha) {
    throw new Refused('is compressed in a rare way: save it without compression');
  }
  const bitsOf = { [none]: [1, 4, 8, 16, 24, 32], [runs8]: [8], [runs4]: [4] };
  if (!(bitsOf[compression] ?? [16, 32]).includes(bits)) {
    throw new Refused(`is a damaged BMP: it states ${bits} bits a pixel`);
  }
}

const rowBytes = ({ width, bits }: Header) => Math.ceil((width * bits) / 8);

/** Bytes from one row to the next. */
const stride = (header: Header) => 4 * Math.ceil(rowBytes(header) / 4);

/** RGB of each index that a pixel may have; black for those that the file does not define. */
function paletteOf(bytes: Buffer, { size, bits, start }: Header): Buffer {
  const most = 1 << bits;
  const entry = size === coreBytes ? 3 : 4;
  const at = fileHeaderBytes + size;
  const stated = size === coreBytes ? 0 : bytes.readUInt32LE(46);
  const room = Math.floor((Math.min(start, bytes.length) - at) / entry);
  const count = Math.min(stated || most, most, Math.max(0, room));
  const colors = Buffer.alloc(3 * most);
  for (let index = 0; index < count; index++) {
    const from = at + entry * index;
    colors[3 * index] = bytes[from + 2] as number;
    colors[3 * index + 1] = bytes[from + 1] as number;
    colors[3 * index + 2] = bytes[from] as number;
  }
  return colors;
}

/** Writes a row of RGB: `from` is where it begins in the file, and `to` where in `rgb`. */
type PaintRow = (from: number, to: number, rgb: Buffer) => void;

function* paintRows(header: Header, paintRow: PaintRow, rgb: Buffer) {
  const { width, height, topDown, start } = header;
  for (let row = 0; row < height; row++) {
    const y = topDown ? row : height - 1 - row;
    paintRow(start + row * stride(header), 3 * width * y, rgb);
    yield;
  }
}

function painterOf(bytes: Buffer, header: Header, colors: Buffer): PaintRow {
  const { bits, width } = header;
  if (bits <= 8) {
    return indexPainter(bytes, header, colors);
  }
  const masks = bits === 24 ? usualMasks[32] : masksOf(bytes, header);
  if (String(masks) !== String(usualMasks[32])) {
    return maskPainter(bytes, header, masks as Masks);
  }
  const pixelBytes = bits / 8;
  return (from, to, rgb) => {
    let at = from;
    for (let red = to; red < to + 3 * width; red += 3) {
      rgb[red] = bytes[at + 2] as number;
      rgb[red + 1] = bytes[at + 1] as number;
      rgb[red + 2] = bytes[at] as number;
      at += pixelBytes;
    }
  };
}

function indexPainter(bytes: Buffer, { bits, width }: Header, colors: Buffer): PaintRow {
  const last = (1 << bits) - 1;
  return (from, to, rgb) => {
    for (let x = 0; x < width; x++) {
      const bit = x * bits;
      const byte = bytes[from + (bit >> 3)] as number;
      const color = 3 * ((byte >> (8 - bits - (bit & 7))) & last);
      rgb[to + 3 * x] = colors[color] as number;
      rgb[to + 3 * x + 1] = colors[color + 1] as number;
      rgb[to + 3 * x + 2] = colors[color + 2] as number;
    }
  };
}

function masksOf(bytes: Buffer, { size, bits, compression }: Header): Masks {
  if (compression === compressions.none) {
    return usualMasks[bits] as Masks;
  }
  const at = fileHeaderBytes + infoBytes;
  const hasAlpha = size >= 56 || compression === compressions.masksWithAlpha;
  const end = at + (hasAlpha ? 16 : 12);
  if (end > bytes.length) {
    throw new Refused(cutOff);
  }
  const mask = (index: number) => bytes.readUInt32LE(at + 4 * index);
  return [mask(0), mask(1), mask(2), hasAlpha ? mask(3) : 0];
}

/** Pixels of 16 or 32 bits, of which each mask gives a channel; what is transparent becomes white. */
function maskPainter(bytes: Buffer, { bits, width }: Header, masks: Masks): PaintRow {
  const pixelBytes = bits / 8;
  const [red, green, blue, alpha] = masks.map(channelOf) as [Channel, Channel, Channel, Channel];
  const isOpaque = masks[3] === 0;
  const over = (light: number, opacity: number) =>
    isOpaque ? light : Math.round((light * opacity) / 255) + 255 - opacity;
  return (from, to, rgb) => {
    for (let x = 0; x < width; x++) {
      const at = from + x * pixelBytes;
      const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
      const pixel = low | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
      const opacity = level(pixel, alpha);
      rgb[to + 3 * x] = over(level(pixel, red), opacity);
      rgb[to + 3 * x + 1] = over(level(pixel, green), opacity);
      rgb[to + 3 * x + 2] = over(level(pixel, blue), opacity);
    }
  };
}

interface Channel {
  mask: number;
  shift: number;
  /** The byte of light for each value: the 255/largest-fold without its fraction, as in Pillow. */
  light: Uint8Array;
}

function channelOf(mask: number): Channel {
  const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
  const largest = mask >>> shift;
  if (largest > 0xffff) {
    throw new Refused('is a damaged BMP: a channel has more than 16 bits');
  }
  const light = Uint8Array.from({ length: largest + 1 }, (_, value) =>
    Math.floor((255 * value) / (largest || 1)),
  );
  return { mask, shift, light };
}

const level = (pixel: number, { mask, shift, light }: Channel): number =>
  light[(pixel & mask) >>> shift] as number;
