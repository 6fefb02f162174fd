/** Reads one pickle made only of data: a short list of opcodes and globals; everything else is refused. */
import { opcodes, stop } from './opcodes.js';
import { PickleSource } from './source.js';
import { PickleStack } from './stack.js';
import type { Pickled, StorageReference } from './values.js';

/** The pickles of a checkpoint are small: a tensor takes some 200 bytes. */
export const mostPickleBytes = 8_000_000;

export interface ReadPickle {
  value: Pickled;
  /** The storages that its tensors name, by key. */
  storages: ReadonlyMap<Pickled, StorageReference>;
  /** The offset after it. */
  end: number;
}

/**
 * Reads the pickle that starts at `start`. No code of the file is imported or called: the functions that a torch checkpoint
 * names are read as data.
 *
 * @param bytes the beginning of the file that has the pickles
 * @param file name for error messages
 * @throws InvalidInputError when the pickle is truncated, or when an opcode, the protocol or a global
 *   is not on the list
 */
export function readPickle(bytes: Buffer, start: number, file: string): ReadPickle {
  const source = new PickleSource(bytes, start, file);
  const stack = new PickleStack(source);
  for (;;) {
    const code = source.uint8();
    if (code === stop) {
      return { value: stack.pop(), storages: stack.storages, end: source.at };
    }
    const act = opcodes.get(code);
    if (act === undefined) {
      throw source.bad('an opcode of a plain torch checkpoint', `0x${code.toString(16)}`);
    }
    act(stack, source);
  }
}
