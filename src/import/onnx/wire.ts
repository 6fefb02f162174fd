/** Reads protobuf's wire format by tables of fields: strings, numbers and messages inside messages; bytes stay in the file. */
import { expected } from '../../errors.js';

/** How a field is read. `ints`, `floats` and `doubles` keep their bytes: a tensor's may be many. */
type Scalar = 'int' | 'float' | 'text' | 'bytes' | 'ints' | 'floats' | 'doubles';

/** A field: its name, and a scalar or the fields of a message; a list where it may come more than once. */
type Field = readonly [name: string, kind: Scalar | Fields, repeated?: 'list'];

/** The fields of a message by their numbers; others are skipped. */
export type Fields = Readonly<Record<number, Field>>;

/** The wire types of https://protobuf.dev/programming-guides/encoding. */
const wire = { varint: 0, eight: 1, delimited: 2, four: 5 } as const;

/** A file of 20,000 nodes has fewer. Each takes memory, however short it is in the file. */
const mostFields = 500_000;

/** What to do about a file that is not whole. */
export const damaged = 'The file is damaged: copy it again from where it came from';

/** Reads the messages of one file. */
export class WireReader {
  private at = 0;
  private fields = 0;

  /** @param file names the content in errors */
  constructor(
    private readonly bytes: Buffer,
    private readonly file: string,
  ) {}

  /**
   * The message that the whole content is, as `fields` describe it.
   *
   * @throws InvalidInputError when the content is not such a message
   */
  message<Message>(fields: Fields): Message {
    return this.messageUntil(this.bytes.length, fields) as Message;
  }

  private messageUntil(end: number, fields: Fields): object {
    const message: Record<string, unknown> = {};
    while (this.at < end) {
      const tag = this.varint(end);
      const field = fields[Math.floor(tag / 8)];
      if (field === undefined) {
        this.take(tag % 8, end);
        continue;
      }
      if (++this.fields > mostFields) {
        throw expected(`at most ${mostFields} fields`, this.file, 'more');
      }
      const [name, kind, repeated] = field;
      const value = this.value(tag % 8, kind, end);
      if (repeated === undefined && !isPacked(kind)) {
        message[name] = value;
      } else {
        const list = message[name] as unknown[] | undefined;
        message[name] = list ?? [value];
        list?.push(value);
      }
    }
    return message;
  }

  private value(type: number, kind: Scalar | Fields, end: number): unknown {
    if (kind === 'int' && type === wire.varint) {
      return this.varint(end);
    }
    const start = this.at;
    const [from, to] = this.take(type, end);
    const piece = this.bytes.subarray(from, to);
    if (kind === 'float' && type === wire.four) {
      return piece.readFloatLE();
    }
    if (isPacked(kind) && type === packedAlone[kind]) {
      return this.bytes.subarray(start, to);
    }
    if (type !== wire.delimited || kind === 'int' || kind === 'float') {
      throw this.bad(`a field of the type ${typeof kind === 'string' ? kind : 'message'}`);
    }
    if (typeof kind === 'string') {
      return kind === 'text' ? piece.toString() : piece;
    }
    this.at = from;
    return this.messageUntil(to, kind);
  }

  /** Goes past a value, and gives its place. */
  private take(type: number, end: number): [from: number, to: number] {
    let length = { [wire.eight]: 8, [wire.four]: 4 }[type];
    const start = this.at;
    if (type === wire.varint) {
      this.varint(end);
      return [start, this.at];
    }
    if (type === wire.delimited) {
      length = this.varint(end);
    }
    if (length === undefined || length > end - this.at) {
      throw this.bad(length === undefined ? 'a known wire type' : `a field of ${length} bytes`);
    }
    this.at += length;
    return [this.at - length, this.at];
  }

  private varint(end: number): number {
    const { value, next } = varintAt(this.bytes, this.at, end);
    if (next > end) {
      throw this.bad('a number of at most 10 bytes');
    }
    this.at = next;
    return value;
  }

  private bad(what: string): Error {
    const received = `${this.bytes.length} bytes in all`;
    return expected(what, `${this.file} at byte ${this.at}`, received, damaged);
  }
}

/** The wire type of a single value of a repeated number that is not packed. */
const packedAlone = { ints: wire.varint, floats: wire.four, doubles: wire.eight } as const;

const isPacked = (kind: Scalar | Fields): kind is keyof typeof packedAlone =>
  typeof kind === 'string' && kind in packedAlone;

/**
 * The values of a field of the kind `ints`: signed, of 64 bits; beyond 2⁵³ they are rounded.
 *
 * @param name of the field, for errors
 */
export function intsIn(pieces: readonly Buffer[], name: string): number[] {
  const values: number[] = [];
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const { value, next } = varintAt(piece, at, piece.length);
      if (next > piece.length) {
        throw expected('whole numbers', name, 'a number that is cut', damaged);
      }
      values.push(value);
      at = next;
    }
  }
  return values;
}

/** A number of seven bits a byte, the lowest first, as a signed one of 64 bits; `next` is beyond `end` where it is cut. */
function varintAt(bytes: Buffer, start: number, end: number): { value: number; next: number } {
  let value = 0;
  let scale = 1;
  for (let at = start; at < Math.min(end, start + 4); at++, scale *= 128) {
    const byte = bytes[at] as number;
    value += (byte & 127) * scale;
    if (byte < 128) {
      return { value, next: at + 1 };
    }
  }
  let wide = 0n;
  for (let at = start; at < Math.min(end, start + 10); at++) {
    const byte = bytes[at] as number;
    wide |= BigInt(byte & 127) << BigInt(7 * (at - start));
    if (byte < 128) {
      return { value: Number(BigInt.asIntN(64, wide)), next: at + 1 };
    }
  }
  return { value: 0, next: end + 1 };
}
