/** Room for more entries in an array of numbers or bytes. */

/** A longer array that begins with the same entries: twice as long at least, so that adding many takes time in proportion. */
export function grown<Type extends Uint8Array | Uint32Array | Int32Array | Float64Array>(
  array: Type,
  length: number,
): Type {
  const Longer = array.constructor as new (length: number) => Type;
  const longer = new Longer(Math.max(length, 2 * array.length));
  longer.set(array);
  return longer;
}

/** The same for a buffer. */
export function grownBuffer(bytes: Buffer, length: number): Buffer {
  const longer = Buffer.alloc(Math.max(length, 2 * bytes.length));
  bytes.copy(longer);
  return longer;
}
