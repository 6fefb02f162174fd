/** The types of numbers that tensors of ONNX files have, and how each becomes float32 or JavaScript's numbers. */
import { widenBfloat16, widenFloat16 } from '../../model/index.js';

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

const halves = (
  name: string,
  widen: (bits: Uint16Array, values: Float32Array) => void,
): ElementType => {
  const widened = (bits: Uint16Array) => {
    const values = new Float32Array(bits.length);
    widen(bits, values);
    return values;
  };
  return {
    name,
    bytes: 2,
    dtype: 'float32',
    fromBytes: (bytes) => widened(viewOf(bytes, Uint16Array)),
    fromInts: (values) => widened(Uint16Array.from(values)),
  };
};

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
  10: halves('FLOAT16', widenFloat16),
  11: floats('DOUBLE', Float64Array),
  12: integers('UINT32', Uint32Array),
  13: integers('UINT64', BigUint64Array),
  16: halves('BFLOAT16', widenBfloat16),
};
