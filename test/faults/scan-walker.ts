/** Reads the codes of a baseline JPEG one by one, as ITU T.81 defines them: an oracle for damage without code of Bobbin's. */

/** A rectangle of pixels. */
export interface Rows {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface Component {
  across: number;
  down: number;
  quantization: Uint8Array;
  dc: Uint16Array;
  ac: Uint16Array;
  /** The DC coefficient of the last block. */
  last: number;
}

interface Frame {
  width: number;
  height: number;
  components: Component[];
  /** The scan without the zeros after FF, up to a marker. */
  scan: Uint8Array;
}

/** No 8-bit picture has a dequantized coefficient beyond ±8192: its own are within ±1024 · 8. */
const mostLevel = 8192;

/** 1 for the zigzag indices of a block's first row. */
const firstRow = Uint8Array.from({ length: 64 }, (_, k) =>
  [1, 5, 6, 14, 15, 27, 28].includes(k) ? 1 : 0,
);

/** What is wrong with the scan from its beginning to the last MCU that `used` needs; undefined if nothing is. */
export function faultOf(file: Uint8Array, used: (width: number, height: number) => Rows) {
  const frame = parse(file);
  const reader = new Reader(frame.scan);
  const [across, down] = (['across', 'down'] as const).map(
    (axis) => 8 * Math.max(...frame.components.map((component) => component[axis])),
  ) as [number, number];
  const rows = used(frame.width, frame.height);
  const [left, right] = [Math.floor(rows.left / across), Math.ceil(rows.right / across)];
  const [top, bottom] = [Math.floor(rows.top / down), Math.ceil(rows.bottom / down)];
  const columns = Math.ceil(frame.width / across);
  try {
    for (let y = 0; y < bottom; y++) {
      for (let x = 0; x < (y === bottom - 1 ? right : columns); x++) {
        readMcu(reader, frame.components, y >= top && x >= left && x < right);
      }
    }
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

function readMcu(reader: Reader, components: Component[], used: boolean): void {
  for (const component of components) {
    for (let block = 0; block < component.across * component.down; block++) {
      readBlock(reader, component, used);
    }
  }
}

function readBlock(reader: Reader, component: Component, used: boolean): void {
  const { quantization } = component;
  component.last += reader.value(reader.symbol(component.dc));
  let largest = Math.abs(component.last * (quantization[0] as number) + 0.5);
  for (let k = 1; k < 64; k++) {
    const symbol = reader.symbol(component.ac);
    if (symbol === 0) {
      break;
    }
    k += symbol >> 4;
    if (k > 63) {
      throw new Error('too many coefficients');
    }
    const value = reader.value(symbol & 15);
    if (firstRow[k] === 1) {
      largest = Math.max(largest, Math.abs(value * (quantization[k] as number) + 0.5));
    }
  }
  if (used && largest > mostLevel) {
    throw new Error('level');
  }
}

/** Bits of the scan. */
class Reader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** A Huffman code's symbol. */
  symbol(table: Uint16Array): number {
    const entry = table[this.peek(16)] as number;
    if (entry === 0) {
      throw new Error('no such code');
    }
    this.drop(entry >> 8);
    return entry & 255;
  }

  /** A signed value of `size` bits (figure F.12). */
  value(size: number): number {
    const bits = this.peek(size);
    this.drop(size);
    return size > 0 && bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
  }

  private peek(count: number): number {
    const { at, bytes } = this;
    const byte = at >> 3;
    // Behind the end an element is undefined, which counts as 0.
    const bits =
      ((bytes[byte] as number) << 16) |
      ((bytes[byte + 1] as number) << 8) |
      (bytes[byte + 2] as number);
    return (bits >> (24 - (at & 7) - count)) & ((1 << count) - 1);
  }

  private drop(count: number): void {
    this.at += count;
    if (this.at > 8 * this.bytes.length) {
      throw new Error('end of data');
    }
  }
}

/** The headers of a baseline file with one scan and without restarts. */
function parse(file: Uint8Array): Frame {
  const quantization: Uint8Array[] = [];
  const codes = new Map<number, Uint16Array>();
  const frame: Frame = { width: 0, height: 0, components: [], scan: file };
  for (const { marker, content, end } of segments(file)) {
    if (marker === 0xdb) {
      for (let i = 0; i < content.length; i += 65) {
        quantization[content[i] as number] = content.subarray(i + 1, i + 65);
      }
    } else if (marker === 0xc4) {
      readCodes(content, codes);
    } else if (marker === 0xc0) {
      [frame.height, frame.width] = [word(content, 1), word(content, 3)];
      frame.components = readComponents(content.subarray(6), quantization);
    } else if (marker === 0xda) {
      for (const [index, component] of frame.components.entries()) {
        const tables = content[2 + 2 * index] as number;
        component.dc = codes.get(tables >> 4) as Uint16Array;
        component.ac = codes.get(16 | (tables & 15)) as Uint16Array;
      }
      frame.scan = unstuffed(file.subarray(end));
    }
  }
  return frame;
}

/** The marker segments up to the scan's header. */
function* segments(file: Uint8Array) {
  for (let at = 2, marker = 0; marker !== 0xda; ) {
    marker = file[at + 1] as number;
    const end = at + 2 + word(file, at + 2);
    yield { marker, content: file.subarray(at + 4, end), end };
    at = end;
  }
}

function readComponents(content: Uint8Array, quantization: Uint8Array[]): Component[] {
  return Array.from({ length: content.length / 3 }, (_, index) => {
    const [, factors, table] = content.subarray(3 * index) as unknown as [number, number, number];
    const blocks = { across: factors >> 4, down: factors & 15 };
    return {
      ...blocks,
      quantization: quantization[table] as Uint8Array,
      dc: none,
      ac: none,
      last: 0,
    };
  });
}

const none = new Uint16Array();
const word = (bytes: Uint8Array, at: number) =>
  ((bytes[at] as number) << 8) | (bytes[at + 1] as number);

/** By its bytes, since most files have the same tables. */
const known = new Map<string, Uint16Array>();

/** Adds tables by class · 16 + number. A table has length · 256 + symbol for all 16 bits that begin with a code. */
function readCodes(content: Uint8Array, codes: Map<number, Uint16Array>): void {
  for (let at = 0; at < content.length; ) {
    const counts = content.subarray(at + 1, at + 17);
    const end = at + 17 + counts.reduce((sum, count) => sum + count, 0);
    const key = Buffer.from(content.subarray(at, end)).toString('latin1');
    const table = known.get(key) ?? tableOf(counts, content.subarray(at + 17, end));
    known.set(key, table);
    codes.set(content[at] as number, table);
    at = end;
  }
}

function tableOf(counts: Uint8Array, symbols: Uint8Array): Uint16Array {
  const table = new Uint16Array(1 << 16);
  let next = 0;
  let index = 0;
  for (const [i, count] of counts.entries()) {
    const width = 1 << (15 - i);
    for (let each = 0; each < count; each++, index++, next += width) {
      table.fill(((i + 1) << 8) | (symbols[index] as number), next, next + width);
    }
  }
  return table;
}

function unstuffed(scan: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(scan.length);
  let count = 0;
  for (let at = 0; at < scan.length; at++) {
    const byte = scan[at] as number;
    if (byte === 0xff && scan[++at] !== 0) {
      break;
    }
    bytes[count++] = byte;
  }
  return bytes.subarray(0, count);
}
