/** Damages files at random, the same way for the same seed: the inputs of the fuzzers. */
import { below } from '../random.js';

const lengths = [0n, 1n, 255n, 65_535n, 2n ** 31n - 1n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 64n - 1n];
const digits = ['0', '-1', '1e9', '4294967296', '9007199254740993', '""', '[]', '{}', 'null'];

/** Makes a change to `bytes`, which it may overwrite. */
export type Change = (bytes: Buffer, random: () => number) => Buffer;

/** A new file, by one to eight changes; those that know the format, if there are any, are half of them. */
export function mutate(
  original: Buffer,
  random: () => number,
  ofFormat: readonly Change[] = [],
): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (let left = 1 + below(random, 8); left > 0; left--) {
    const from = ofFormat.length > 0 && random() < 0.5 ? ofFormat : changes;
    bytes = from[below(random, from.length)]?.(bytes, random) ?? bytes;
  }
  return bytes;
}

const changes: Change[] = [
  function setByte(bytes, random) {
    bytes[below(random, bytes.length)] = below(random, 256);
    return bytes;
  },
  function flipBit(bytes, random) {
    const at = below(random, bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << below(random, 8));
    return bytes;
  },
  function setLength(bytes, random) {
    const value = Buffer.alloc(8);
    value.writeBigUInt64LE(lengths[below(random, lengths.length)] as bigint);
    value.copy(bytes, below(random, bytes.length), 0, 2 ** below(random, 4));
    return bytes;
  },
  function setNumber(bytes, random) {
    const text = bytes.toString('latin1');
    const numbers = [...text.matchAll(/\d+/g)];
    const chosen = numbers[below(random, numbers.length)];
    const other = digits[below(random, digits.length)] as string;
    return chosen === undefined
      ? bytes
      : Buffer.from(
          `${text.slice(0, chosen.index)}${other}${text.slice(chosen.index + chosen[0].length)}`,
          'latin1',
        );
  },
  function remove(bytes, random) {
    const at = below(random, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(random, 16))]);
  },
  function repeat(bytes, random) {
    const at = below(random, bytes.length);
    const end = at + 1 + below(random, 64);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
  },
  function cut(bytes, random) {
    return random() < 0.2 ? bytes.subarray(0, below(random, bytes.length)) : bytes;
  },
  function swap(bytes, random) {
    const [from, to] = [below(random, bytes.length), below(random, bytes.length)];
    bytes.copy(bytes, to, from, from + 1 + below(random, 32));
    return bytes;
  },
];
