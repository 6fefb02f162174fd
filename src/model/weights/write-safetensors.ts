/** Writes safetensors: the length of a header, the header in JSON, then the values, all little-endian. */
import type { NamedTensors } from './format.js';

/** The values then begin at a multiple of it, and can be read without a copy. */
const alignment = 8;

/**
 * A safetensors file of float32 tensors, in pieces: the header, and the tensors' own memory in the order of the map.
 *
 * https://github.com/huggingface/safetensors#format
 */
export function safetensorsPieces(tensors: NamedTensors): Uint8Array[] {
  let end = 0;
  const entries = [...tensors].map(([name, { shape, values }]) => {
    const begin = end;
    end += values.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const padded = Buffer.alloc(Math.ceil(header.length / alignment) * alignment, ' ');
  header.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const values = [...tensors.values()].map(
    ({ values: { buffer, byteOffset, byteLength } }) =>
      new Uint8Array(buffer, byteOffset, byteLength),
  );
  return [length, padded, ...values];
}
