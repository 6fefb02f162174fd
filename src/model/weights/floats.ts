/** Reads numbers of a file as float32: half precision is widened exactly, double precision rounded. */
import type { ByteSource } from '../../disk/index.js';

export type FloatType = 'float16' | 'bfloat16' | 'float32' | 'float64';

export const floatBytes: Record<FloatType, number> = {
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
};

/**
 * Reads `count` little-endian numbers from the byte `start` on, wherever that is, into memory of their own.
 *
 * @throws InvalidInputError when the file has fewer bytes; check `count` against its length before
 */
export async function readFloats(
  source: ByteSource,
  type: FloatType,
  start: number,
  count: number,
): Promise<Float32Array> {
  if (type === 'float64') {
    const doubles = new Float64Array(count);
    await source.readInto(new Uint8Array(doubles.buffer), start);
    return new Float32Array(doubles);
  }
  const values = new Float32Array(count);
  // Halves are read to the end of their floats' memory, so that each one is read before its place is written.
  const bytes = count * floatBytes[type];
  await source.readInto(new Uint8Array(values.buffer, values.byteLength - bytes), start);
  if (type !== 'float32') {
    const halves = new Uint16Array(values.buffer, values.byteLength - bytes);
    (type === 'float16' ? widenFloat16 : widenBfloat16)(halves, values);
  }
  return values;
}

/** Writes IEEE 754 binary16 as float32. */
export function widenFloat16(halves: Uint16Array, values: Float32Array): void {
  const table = float16Table();
  for (let i = 0; i < halves.length; i++) {
    values[i] = table[halves[i] as number] as number;
  }
}

/** Writes bfloat16, the upper half of a float32, as float32. */
export function widenBfloat16(halves: Uint16Array, values: Float32Array): void {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < halves.length; i++) {
    words[i] = (halves[i] as number) << 16;
  }
}

let table: Float32Array | undefined;

/** The value of each binary16; made once. */
function float16Table(): Float32Array {
  table ??= Float32Array.from({ length: 65_536 }, (_, half) => valueOfFloat16(half));
  return table;
}

function valueOfFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) {
    return fraction === 0 ? sign * Infinity : NaN;
  }
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
