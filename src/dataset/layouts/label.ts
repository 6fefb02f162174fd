/** Reads a stored value as the class of an image, by the same rules in every layout. */

/** A class number, from 0, or a class name. */
export type Label = number | string;

/**
 * The class that `value` stands for. Bytes are read as UTF-8, and text stays text even where it consists of digits. Undefined
 * for values that mean an unknown class: null, NaN and negative numbers, such as the -1 of Hugging Face.
 *
 * @throws Error for any other value, with a message that goes on from the name of the place.
 */
export function labelFrom(value: unknown): Label | undefined {
  if (value === null || value === undefined) {
    return undefined;
  }
  if (value instanceof Uint8Array) {
    return labelFrom(Buffer.from(value).toString('utf8'));
  }
  if (typeof value === 'string') {
    // Bytes of other encodings all become this sign, and different classes the same one.
    if (value.includes('\uFFFD')) {
      throw new Error(`has the class ${value}, which is not UTF-8: write its labels in UTF-8`);
    }
    return /^-\d+$/.test(value) ? undefined : value;
  }
  const number = ['number', 'bigint', 'boolean'].includes(typeof value) ? Number(value) : undefined;
  if (Number.isNaN(number) || (number !== undefined && number < 0)) {
    return undefined;
  }
  if (Number.isSafeInteger(number)) {
    return number;
  }
  const shown = typeof value === 'object' ? 'a list or an object' : String(value);
  throw new Error(`has the class ${shown}, which is neither a class number nor a name`);
}

/** As {@link labelFrom}, for places that only hold text: there, digits are a class number. */
export function labelFromText(value: unknown): Label | undefined {
  const label = labelFrom(value);
  return typeof label === 'string' && /^\d+$/.test(label) ? labelFrom(Number(label)) : label;
}
