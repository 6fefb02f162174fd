/** Cyclic redundancy checks of 32 bits, byte by byte from the lowest bit (RFC 1952, section 8; RFC 3720, appendix B.4). */

export class Crc {
  /** The remainder of each byte. */
  private readonly remainders: Uint32Array;

  /** @param polynomial with its bits reversed */
  constructor(polynomial: number) {
    this.remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
      let remainder = byte;
      for (let bit = 0; bit < 8; bit++) {
        remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
      }
      return remainder;
    });
  }

  /** The checksum of what `earlier` is the checksum of, followed by `bytes`. */
  of(bytes: Uint8Array, earlier = 0): number {
    let state = ~earlier;
    for (const byte of bytes) {
      state = (this.remainders[(state ^ byte) & 0xff] as number) ^ (state >>> 8);
    }
    return ~state >>> 0;
  }
}
