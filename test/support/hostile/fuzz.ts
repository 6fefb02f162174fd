/** Runs a fuzzer: tries damaged files one after another, for a time. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { InvalidInputError } from '../../../src/errors.js';
import { below, randomOf } from '../random.js';

export interface Fuzzing {
  /** Which of the fuzzer's readers. */
  reader: string;
  seconds: number;
  /** Of the first file; the next one has the next seed. */
  seed: number;
}

/** How many files were tried, and how many of them were read. */
export interface Fuzzed {
  tried: number;
  read: number;
}

/**
 * @param attempt damages an original and tells whether it was read; what it throws is a fault of the reader
 * @throws Error with the seed that makes the file again
 */
export async function fuzzFiles<Original extends { file: string }>(
  originals: readonly Original[],
  { reader, seconds, seed }: Fuzzing,
  attempt: (original: Original, random: () => number) => Promise<boolean>,
): Promise<Fuzzed> {
  const end = performance.now() + 1000 * seconds;
  let [tried, read] = [0, 0];
  do {
    const random = randomOf(seed + tried);
    const chosen = originals[below(random, originals.length)] as Original;
    const wasRead = await attempt(chosen, random).catch((error: Error) => {
      const name = path.basename(chosen.file);
      throw new Error(`--reader ${reader} --seed ${seed + tried}, ${name}: ${error.stack}`);
    });
    read += Number(wasRead);
    tried++;
  } while (performance.now() < end);
  return { tried, read };
}

/** @throws `error` unless it refuses a file in a few words */
export function checkRefusal(error: unknown): void {
  if (!(error instanceof InvalidInputError) || error.message.length > 10_000) {
    throw error;
  }
}

/** Fuzzes the readers that `--reader` names, by default all, for `--seconds` each, from `--seed` on. */
export async function runFuzzer(
  readers: string[],
  fuzz: (fuzzing: Fuzzing) => Promise<Fuzzed>,
): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      reader: { type: 'string', multiple: true, default: readers },
    },
  });
  for (const reader of values.reader) {
    const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
    const { tried, read } = await fuzz({ reader, seconds, seed });
    process.stdout.write(`${reader}: ${tried} files, of which ${read} were read\n`);
  }
}
