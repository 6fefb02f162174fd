/** Reads one pickle made only of data: a short list of opcodes and globals; everything else is refused. */
import { opcodes, stop } from './opcodes.js';
import { PickleSource } from './source.js';
import { PickleStack } from './stack.js';
import type { Pickled } from './values.js';

/**
 * Reads the pickle that starts at `start` and returns its value and the offset after it. No code of
 * the file is imported or called: the two functions that a torch state dict names are read as data.
 *
 * @param bytes the file's content
 * @param file name for error messages
 * @throws InvalidInputError when the pickle is truncated, or when an opcode, the protocol or a global
 *   is not on the list
 */
export function readPickle(
  bytes: Buffer,
  start: number,
  file: string,
): { value: Pickled; end: number } {
  const source = new PickleSource(bytes, start, file);
  const stack = new PickleStack(source);
  for (;;) {
    const code = source.uint8();
    if (code === stop) {
      return { value: stack.pop(), end: source.at };
    }
    const act = opcodes.get(code);
    if (act === undefined) {
      throw source.bad('an opcode of a plain torch state dict', `0x${code.toString(16)}`);
    }
    act(stack, source);
  }
}
