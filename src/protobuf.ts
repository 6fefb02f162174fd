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

/** The variable-length integer of an integer from 0: 7 bits in each byte, the lowest first. */
export function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80))];
}
