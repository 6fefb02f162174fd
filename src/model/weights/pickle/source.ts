/** The bytes of a pickle, read from front to back and never past their end. */
import { expected } from '../../../errors.js';

export class PickleSource {
  constructor(
    private readonly bytes: Buffer,
    /** Offset of the next byte. */
    public at: number,
    private readonly file: string,
  ) {}

  uint8(): number {
    return this.bytes.readUInt8(this.take(1));
  }

  uint16(): number {
    return this.bytes.readUInt16LE(this.take(2));
  }

  int32(): number {
    return this.bytes.readInt32LE(this.take(4));
  }

  uint32(): number {
    return this.bytes.readUInt32LE(this.take(4));
  }

  /** Big-endian, other than all integers. */
  float64(): number {
    return this.bytes.readDoubleBE(this.take(8));
  }

  /** A signed integer of as many bytes as the first byte says. */
  long(): bigint {
    const length = this.uint8();
    const start = this.take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) {
      value = (value << 8n) | BigInt(this.bytes[start + i] as number);
    }
    return BigInt.asIntN(length * 8, value);
  }

  /** UTF-8 text, its length in bytes in front. */
  unicode(): string {
    const length = this.uint32();
    const start = this.take(length);
    return this.bytes.toString('utf8', start, start + length);
  }

  /** Text up to the next line feed, which is dropped. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) {
      throw this.bad('a line of text', 'the end of the pickles');
    }
    const start = this.take(end - this.at + 1);
    return this.bytes.toString('utf8', start, end);
  }

  /** The error that names the file and the byte. */
  bad(what: string, received: unknown, remedy?: string): Error {
    return expected(what, `${this.file} at byte ${this.at}`, received, remedy);
  }

  private take(length: number): number {
    const start = this.at;
    if (start + length > this.bytes.length) {
      throw this.bad(`${length} more bytes`, 'the end of the pickles');
    }
    this.at += length;
    return start;
  }
}
