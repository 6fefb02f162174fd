/** The types of numbers that tensors of ONNX files have, and how each becomes float32 or JavaScript's numbers. */

export interface ElementType {
  /** ONNX's word for it. */
  name: string;
  /** Bytes of a number. */
  bytes: number;
  dtype: 'float32' | 'int32' | 'bool';
  /** The numbers in little-endian bytes. */
  fromBytes(bytes: Buffer): Float32Array | number[];
  /** The numbers of a field of integers, which has the bits of a float of 16 bits. */
  fromInts(values: number[]): Float32Array | number[];
}

interface View<Values> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Values;
}

/** A tensor's numbers in a typed array, without a copy where the bytes begin at a multiple of their size. */
function viewOf<Values>(bytes: Buffer, Type: View<Values>): Values {
  const size = Type.BYTES_PER_ELEMENT;
  const whole = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new Type(whole.buffer, whole.byteOffset, whole.length / size);
}

const floats = (name: string, Type: View<ArrayLike<number>>): ElementType => ({
  name,
  bytes: Type.BYTES_PER_ELEMENT,
  dtype: 'float32',
  fromBytes(bytes) {
    const values = viewOf(bytes, Type);
    return values instanceof Float32Array ? values : Float32Array.from(values);
  },
  fromInts: (values) => Float32Array.from(values),
});

const halves = (name: string, widen: (bits: Uint16Array) => Float32Array): ElementType => ({
  name,
  bytes: 2,
  dtype: 'float32',
  fromBytes: (bytes) => widen(viewOf(bytes, Uint16Array)),
  fromInts: (values) => widen(Uint16Array.from(values)),
});

const integers = (
  name: string,
  Type: View<ArrayLike<number | bigint>>,
  dtype: 'int32' | 'bool' = 'int32',
): ElementType => ({
  name,
  bytes: Type.BYTES_PER_ELEMENT,
  dtype,
  fromBytes: (bytes) => Array.from(viewOf(bytes, Type), Number),
  fromInts: (values) => values,
});

/** IEEE 754's binary16: 1 bit sign, 5 exponent, 10 fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 31) {
    return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  }
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}

/** Made when it is first needed: a table is quicker than arithmetic for millions of numbers. */
let halfTable: Float32Array | undefined;

function widenHalves(bits: Uint16Array): Float32Array {
  halfTable ??= Float32Array.from({ length: 1 << 16 }, (_, half) => halfToNumber(half));
  const table = halfTable;
  return Float32Array.from(bits, (half) => table[half] as number);
}

/** The upper half of a float32. */
const widenBrainHalves = (bits: Uint16Array): Float32Array =>
  new Float32Array(Uint32Array.from(bits, (half) => half << 16).buffer);

/** By the number that `data_type` has for each. */
export const elementTypes: Readonly<Record<number, ElementType>> = {
  1: floats('FLOAT', Float32Array),
  2: integers('UINT8', Uint8Array),
  3: integers('INT8', Int8Array),
  4: integers('UINT16', Uint16Array),
  5: integers('INT16', Int16Array),
  6: integers('INT32', Int32Array),
  7: integers('INT64', BigInt64Array),
  9: integers('BOOL', Uint8Array, 'bool'),
  10: halves('FLOAT16', widenHalves),
  11: floats('DOUBLE', Float64Array),
  12: integers('UINT32', Uint32Array),
  13: integers('UINT64', BigUint64Array),
  16: halves('BFLOAT16', widenBrainHalves),
};
