/** Reads safetensors: the length of a header, the header in JSON, then the values, all little-endian. */
import { isUtf8 } from 'node:buffer';
import { type ByteSource, readPart } from '../../disk/index.js';
import { expected } from '../../errors.js';
import { type FloatType, floatBytes, readFloats } from './floats.js';
import { elementsOf, type NamedTensors, type WeightsFormat } from './format.js';

/** https://github.com/huggingface/safetensors#format */
export const safetensors: WeightsFormat = {
  name: 'safetensors',
  // The last byte of a length below 2^56 is 0, which no JSON holds.
  looksLike: (bytes) => bytes[7] === 0 && bytes[8] === 0x7b,
  read: readSafetensors,
};

const lengthBytes = 8;
/** The format allows ten times as much; a thousand tensors take a hundredth. */
const mostHeaderBytes = 10_000_000;
const mostTensors = 50_000;
const mostAxes = 8;
const longestName = 1000;

const floatTypes: Record<string, FloatType> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/** Bytes of an element. Integers count batches, and are left out; other types are refused. */
const elementBytes = new Map([
  ...Object.entries(floatTypes).map(([dtype, type]): [string, number] => [dtype, floatBytes[type]]),
  ...Object.entries({ I64: 8, U64: 8, I32: 4, U32: 4, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1 }),
]);

/** A tensor as the header describes it; `begin` and `end` are offsets in the values. */
interface Entry {
  name: string;
  dtype: string;
  shape: number[];
  begin: number;
  end: number;
}

/**
 * The floats of a safetensors file by name.
 *
 * @throws InvalidInputError when the header is not what the format allows, when a type is not in the list, and unless every
 *   byte of the values belongs to one tensor
 */
export async function readSafetensors(source: ByteSource): Promise<NamedTensors> {
  const { file, size } = source;
  const start = await headerEnd(source);
  const header = await readPart(source, lengthBytes, start - lengthBytes);
  if (!isUtf8(header)) {
    throw expected('UTF-8', `header of ${file}`, 'other bytes');
  }
  const entries = new Header(header.toString('utf8'), file).entries();
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  for (const entry of entries) {
    if (entry.begin !== at) {
      throw expected(`data_offsets from ${at}`, `${entry.name} in ${file}`, entry.begin);
    }
    checkSize(entry, file);
    at = entry.end;
  }
  if (start + at !== size) {
    throw expected(`${at} bytes of values`, file, size - start);
  }
  const tensors: NamedTensors = new Map();
  for (const { name, dtype, shape, begin } of entries) {
    const type = floatTypes[dtype];
    if (type !== undefined) {
      const values = await readFloats(source, type, start + begin, elementsOf(shape));
      tensors.set(name, { shape, values });
    }
  }
  return tensors;
}

async function headerEnd(source: ByteSource): Promise<number> {
  const { file, size } = source;
  const most = Math.min(mostHeaderBytes, size - lengthBytes);
  const length = most < 0 ? 0 : Number((await readPart(source, 0, lengthBytes)).readBigUInt64LE(0));
  if (length < 2 || length > most) {
    throw expected(`a header of 2 to ${Math.max(2, most)} bytes`, file, length);
  }
  return lengthBytes + length;
}

function checkSize({ name, dtype, shape, begin, end }: Entry, file: string): void {
  const width = elementBytes.get(dtype);
  if (width === undefined) {
    const known = [...elementBytes.keys()].join(', ');
    throw expected(`one of ${known}`, `dtype of ${name} in ${file}`, dtype);
  }
  // Exact, however large the sides are.
  const bytes = [width, ...shape].map(BigInt).reduce((a, b) => a * b);
  if (bytes !== BigInt(end - begin)) {
    throw expected(`a shape of ${end - begin} bytes`, `${name} in ${file}`, shape);
  }
}

/** A cursor over the header. JSON.parse would take a name twice, and any depth. */
class Header {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly file: string,
  ) {}

  entries(): Entry[] {
    const entries: Entry[] = [];
    this.object((name) => {
      if (name === '__metadata__') {
        this.object(() => this.string());
      } else {
        entries.push(this.entry(name));
        if (entries.length > mostTensors) {
          throw this.bad(`at most ${mostTensors} tensors`, 'more');
        }
      }
    });
    if (this.text.slice(this.at).trim() !== '') {
      throw this.bad('spaces behind the header');
    }
    return entries;
  }

  private entry(name: string): Entry {
    const found: { dtype?: string; shape?: number[]; data_offsets?: number[] } = {};
    this.object((field) => {
      if (field === 'dtype') {
        found.dtype = this.string();
      } else if (field === 'shape' || field === 'data_offsets') {
        found[field] = this.integers();
      } else {
        throw this.bad('dtype, shape or data_offsets', field);
      }
    });
    const { dtype, shape, data_offsets: offsets = [] } = found;
    const [begin = 0, end = -1] = offsets;
    if (dtype === undefined || shape === undefined || offsets.length !== 2 || begin > end) {
      throw this.bad(`dtype, shape and two ascending data_offsets of ${name}`, found);
    }
    return { name, dtype, shape, begin, end };
  }

  /** An object; `read` reads the value of each name. */
  private object(read: (name: string) => void): void {
    const names = new Set<string>();
    this.list('{', '}', () => {
      const name = this.string();
      if (names.has(name) || name.length > longestName) {
        throw this.bad(`names of at most ${longestName} characters, each once`, name);
      }
      names.add(name);
      this.take(':');
      read(name);
    });
  }

  private integers(): number[] {
    const values: number[] = [];
    this.list('[', ']', () => {
      this.peek();
      const [digits] = /^(?:0|[1-9]\d{0,15})/.exec(this.text.slice(this.at, this.at + 16)) ?? [];
      if (!Number.isSafeInteger(Number(digits)) || values.length === mostAxes) {
        throw this.bad(`at most ${mostAxes} integers from 0`);
      }
      values.push(Number(digits));
      this.at += digits?.length ?? 0;
    });
    return values;
  }

  private list(open: string, close: string, read: () => void): void {
    this.take(open);
    let next = this.peek() === close ? this.take(close) : ',';
    while (next === ',') {
      read();
      next = this.take(`,${close}`);
    }
  }

  private string(): string {
    this.take('"');
    const start = this.at - 1;
    while (this.at < this.text.length && this.text[this.at] !== '"') {
      this.at += this.text[this.at] === '\\' ? 2 : 1;
    }
    this.take('"');
    try {
      return JSON.parse(this.text.slice(start, this.at));
    } catch {
      throw this.bad('text', this.text.slice(start, this.at));
    }
  }

  /** The next character that is not a space. */
  private peek(): string | undefined {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? '')) {
      this.at++;
    }
    return this.text[this.at];
  }

  /** Goes past the next character, which must be one of `characters`. */
  private take(characters: string): string {
    const next = this.peek();
    if (next === undefined || !characters.includes(next)) {
      throw this.bad([...characters].join(' or '));
    }
    this.at++;
    return next;
  }

  private bad(what: string, received: unknown = this.text.slice(this.at, this.at + 20)): Error {
    return expected(what, `header of ${this.file} at character ${this.at}`, received);
  }
}
