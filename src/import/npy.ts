/** Reads arrays that NumPy saved: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
import { readRegular } from '../disk/index.js';
import { expected } from '../errors.js';

interface NpyArray {
  shape: number[];
  values: Float32Array | Uint8Array;
}

const magic = Buffer.from('\x93NUMPY', 'latin1');
const bytesOf = { '<f4': 4, '|u1': 1 };

/**
 * An array of float32 or uint8 in C order.
 *
 * @throws InvalidInputError when the file is none, or has another type or order
 */
export async function readNpy(file: string): Promise<NpyArray> {
  const bytes = await readRegular(file);
  if (!bytes.subarray(0, magic.length).equals(magic) || bytes.length < 12) {
    throw expected('an array that numpy.save wrote', file, bytes.toString('latin1', 0, 8));
  }
  const isLong = (bytes[6] as number) > 1;
  const start = isLong ? 12 : 10;
  const end = start + (isLong ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8));
  const header = bytes.toString('latin1', start, Math.min(end, start + 1000));
  const [, type = ''] = /'descr': '([^']*)'/.exec(header) ?? [];
  const [, sides] = /'shape': \(([\d, ]*)\)/.exec(header) ?? [];
  if (
    !Object.hasOwn(bytesOf, type) ||
    !header.includes("'fortran_order': False") ||
    sides === undefined
  ) {
    const remedy = 'numpy.save(file, numpy.ascontiguousarray(array, "float32")) writes it';
    throw expected('float32 or uint8 in C order', file, header.trim(), remedy);
  }
  const shape = sides
    .split(',')
    .filter((side) => side.trim() !== '')
    .map(Number);
  const count = shape.reduce((product, side) => product * side, 1);
  const size = bytesOf[type as keyof typeof bytesOf];
  if (bytes.length - end !== count * size) {
    throw expected(`${count * size} bytes of numbers`, file, bytes.length - end);
  }
  // NumPy aligns the numbers to 64 bytes of the file, but a copy of them need not be.
  const numbers = new Uint8Array(bytes.subarray(end));
  return { shape, values: size === 1 ? numbers : new Float32Array(numbers.buffer) };
}
