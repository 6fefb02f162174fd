/** What a stored value says of an image's class, by the same rules in every layout. */

/** A class number, from 0, or a class name. */
export type Label = number | string;

/**
 * The class that `value` tells, bytes read as UTF-8; undefined where it tells none: null, NaN and negative numbers, such as
 * Hugging Face's -1, are what others write for an unknown class. Text stays text, for digits may be names.
 *
 * @throws Error, worded to follow the name of the place, for any other value.
 */
export function labelFrom(value: unknown): Label | undefined {
  if (value === null || value === undefined) {
    return undefined;
  }
  if (value instanceof Uint8Array) {
    return labelFrom(Buffer.from(value).toString('utf8'));
  }
  if (typeof value === 'string') {
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
  throw new Error(`has as its class ${shown}, which is no class number and no name`);
}
