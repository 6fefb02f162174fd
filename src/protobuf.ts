/** Writes fields of Protocol Buffers, as https://protobuf.dev/programming-guides/encoding describes them. */

/** A number field. Zero is the default of every number and is not written. */
export const intField = (field: number, value: number): number[] =>
  value === 0 ? [] : [...varint(field << 3), ...varint(value)];

export function doubleField(field: number, value: number): number[] {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return [...varint((field << 3) | 1), ...bytes];
}

export function floatField(field: number, value: number): number[] {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return [...varint((field << 3) | 5), ...bytes];
}

/** Text, bytes or a message. */
export function bytesField(field: number, bytes: Iterable<number>): number[] {
  const content = [...bytes];
  return [...varint((field << 3) | 2), ...varint(content.length), ...content];
}

/** Bytes or a message in pieces, which are not copied: a message may be a whole network. */
export function piecesField(field: number, pieces: readonly Uint8Array[]): Uint8Array[] {
  const length = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  return [Uint8Array.from([...varint((field << 3) | 2), ...varint(length)]), ...pieces];
}

/** The variable-length integer of an integer: 7 bits in each byte, the lowest first; of a negative one, of its 64 bits. */
export function varint(value: number): number[] {
  if (value < 0) {
    const bits = BigInt.asUintN(64, BigInt(value));
    const sevenBits = (at: number) => Number((bits >> BigInt(7 * at)) & 0x7fn);
    return Array.from({ length: 10 }, (_, at) => sevenBits(at) | (at < 9 ? 0x80 : 0));
  }
  return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80))];
}
