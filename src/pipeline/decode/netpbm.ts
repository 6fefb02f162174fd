/** Reads PBM, PGM and PPM, as text and as bytes: the manual pages pbm(5), pgm(5) and ppm(5) of Netpbm. */
import { cutOff, type DecodePlan, Refused } from './container.js';

/** Samples of a pixel, by the digit in the first two bytes; from 4 on they are bytes, before that text. */
const channelsOf: Record<string, 1 | 3> = { 1: 1, 2: 1, 3: 3, 4: 1, 5: 1, 6: 3 };

const mostValue = 65_535;
const hash = 0x23;
const zero = 0x30;
const nine = 0x39;

/** @throws Refused where the file ends before its image, or its header is none of Netpbm. */
export function planNetpbm(bytes: Buffer): DecodePlan {
  const form = String.fromCharCode(bytes[1] as number);
  const isText = form < '4';
  const isBits = form === '1' || form === '4';
  const text = new Text(bytes, 2);
  const [width, height] = [text.number(), text.number()];
  const largest = isBits ? 1 : text.number();
  if (width === 0 || height === 0 || largest === 0 || largest > mostValue) {
    throw new Refused(
      `is a damaged Netpbm image: it states ${width} × ${height} pixels with values up to ${largest}`,
    );
  }
  const channels = channelsOf[form] as 1 | 3;
  const samples = width * channels;
  const bits = isBits ? 1 : largest > 255 ? 16 : 8;
  const rowBytes = Math.ceil((samples * bits) / 8);
  // A blank ends the header. As text, each value but the last needs a digit and a blank.
  const start = text.at + 1;
  const leastBytes = isText ? height * samples * (isBits ? 1 : 2) - 1 : height * rowBytes;
  if (start + leastBytes > bytes.length) {
    throw new Refused(cutOff);
  }
  const rows = isText
    ? textRows(text, samples, largest, isBits)
    : byteRows(bytes, { start, rowBytes, bits });
  const light = lightOf(isText ? largest + 1 : 1 << bits, largest, isBits);
  const paint = (rgb: Buffer) => paintRows({ height, samples, channels, light }, rows, rgb);
  return { bytes, width, height, bytesPerPixel: 0, paint };
}

/** The byte of light for each value: its 255/largest-fold to the nearest, as in Netpbm's pamdepth. 1 is black in a PBM. */
function lightOf(values: number, largest: number, isBits: boolean): Uint8Array {
  return Uint8Array.from({ length: values }, (_, value) => {
    const light = Math.round((255 * Math.min(value, largest)) / largest);
    return isBits ? 255 - light : light;
  });
}

interface Picture {
  height: number;
  /** Samples of a row. */
  samples: number;
  channels: 1 | 3;
  /** The byte of light for each value. */
  light: Uint8Array;
}

/** Begins a row, and gives the function that reads its samples, which is called with 0, 1, 2 and so on. */
type Rows = (row: number) => (sample: number) => number;

function* paintRows({ height, samples, channels, light }: Picture, rows: Rows, rgb: Buffer) {
  let to = 0;
  for (let row = 0; row < height; row++) {
    const read = rows(row);
    for (let sample = 0; sample < samples; sample++) {
      const level = light[read(sample)] as number;
      rgb[to++] = level;
      if (channels === 1) {
        rgb[to++] = level;
        rgb[to++] = level;
      }
    }
    yield;
  }
}

interface ByteForm {
  /** Where the first row begins. */
  start: number;
  rowBytes: number;
  bits: 1 | 8 | 16;
}

function byteRows(bytes: Buffer, { start, rowBytes, bits }: ByteForm): Rows {
  return (row) => {
    const from = start + row * rowBytes;
    const byte = (index: number) => bytes[from + index] as number;
    if (bits === 16) {
      return (sample) => (byte(2 * sample) << 8) | byte(2 * sample + 1);
    }
    return bits === 8 ? byte : (sample) => (byte(sample >> 3) >> (7 - (sample & 7))) & 1;
  };
}

function textRows(text: Text, samples: number, largest: number, isBits: boolean): Rows {
  // Numbers take at most five digits and a blank. A row is painted at once, so that comments in it are bounded.
  const mostBytes = 16 * samples + 2 ** 16;
  return () => {
    const end = text.at + mostBytes;
    return isBits ? () => text.digit(end) : () => text.number(end, largest);
  };
}

/** Numbers in decimal digits between blanks; a comment goes from # to the end of its line. */
class Text {
  constructor(
    private readonly bytes: Buffer,
    /** Where the next number is looked for. */
    public at: number,
  ) {}

  /** @throws Refused where there is no number up to `largest` before the byte `end`. */
  number(end = this.at + 2 ** 16, largest = 9_999_999): number {
    const start = this.skip(end);
    let value = 0;
    while (isDigit(this.bytes[this.at]) && value <= largest) {
      value = 10 * value + (this.bytes[this.at++] as number) - zero;
    }
    if (this.at === start || value > largest) {
      throw this.fault(start, `number up to ${largest}`);
    }
    return value;
  }

  /** A single digit, 0 or 1. */
  digit(end: number): number {
    const start = this.skip(end);
    const value = (this.bytes[start] ?? 0) - zero;
    if (value !== 0 && value !== 1) {
      throw this.fault(start, '0 or 1');
    }
    this.at++;
    return value;
  }

  /** Goes to the next byte that is neither blank nor in a comment. */
  private skip(end: number): number {
    let inComment = false;
    for (; this.at < end; this.at++) {
      const byte = this.bytes[this.at];
      if (byte === undefined) {
        throw new Refused(cutOff);
      }
      inComment = inComment ? byte !== 10 && byte !== 13 : byte === hash;
      if (!inComment && !isBlank(byte)) {
        break;
      }
    }
    return this.at;
  }

  private fault(at: number, wanted: string): Refused {
    return new Refused(`is a damaged Netpbm image: there is no ${wanted} at byte ${at}`);
  }
}

/** A line feed that ends a comment counts, too. */
const isBlank = (byte: number) => byte === 32 || (byte >= 9 && byte <= 13);

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= zero && byte <= nine;
