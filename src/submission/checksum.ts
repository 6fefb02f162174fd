/** The checksum of zip archives, CRC-32 (ISO/IEC 3309). */
import { Transform, type TransformCallback } from 'node:stream';
import { InvalidInputError } from '../errors.js';

const polynomial = 0xedb88320;

/** The remainder of each byte. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
  }
  return remainder;
});

/** Passes bytes on, and fails at their end unless they have the checksum. */
export class Checksum extends Transform {
  private state = 0xffffffff;

  constructor(private readonly wanted: number) {
    super();
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    for (const byte of bytes) {
      this.state = (remainders[(this.state ^ byte) & 0xff] as number) ^ (this.state >>> 8);
    }
    done(null, bytes);
  }

  override _flush(done: TransformCallback): void {
    const found = ~this.state >>> 0;
    const hex = (value: number) => value.toString(16).padStart(8, '0');
    const fault = `expected the checksum ${hex(this.wanted)} but the content has ${hex(found)}: the archive is damaged`;
    done(found === this.wanted ? null : new InvalidInputError(fault));
  }
}
