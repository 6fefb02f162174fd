/** The checksum of zip archives, CRC-32 (ISO/IEC 3309). */
import { Transform, type TransformCallback } from 'node:stream';
import { Crc } from '../crc.js';
import { InvalidInputError } from '../errors.js';

const crc32 = new Crc(0xedb88320);

/** Passes bytes on, and fails at their end unless they have the checksum. */
export class Checksum extends Transform {
  private found = 0;

  constructor(private readonly wanted: number) {
    super();
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.found = crc32.of(bytes, this.found);
    done(null, bytes);
  }

  override _flush(done: TransformCallback): void {
    const { found } = this;
    const hex = (value: number) => value.toString(16).padStart(8, '0');
    const fault = `expected the checksum ${hex(this.wanted)} but the content has ${hex(found)}: the archive is damaged`;
    done(found === this.wanted ? null : new InvalidInputError(fault));
  }
}
