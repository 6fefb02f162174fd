/** Mutates small files of weights; each reader must read the result or refuse it in words, in little time and memory. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { InvalidInputError } from '../../../src/errors.js';
import { readTensors } from '../../../src/model/weights/index.js';
import { bytesSource } from '../../support/bytes-source.js';

const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url));

/** The files that each reader's fuzzing begins with. */
export const corpora: Record<string, string[]> = {
  safetensors: ['small.safetensors', 'weights/half.safetensors'],
  sharded: ['weights/sharded/model.safetensors.index.json'],
  legacy: ['torch-state.pth', 'torch-evil.pth', 'weights/checkpoint-legacy.pth'],
  zip: ['weights/checkpoint.pth', 'weights/averaged.pth', 'weights/script.pth'],
  json: ['weights/tfjs/model.json'],
};

/** A reader may not compute longer on so small a file. */
const mostSeconds = 2;

export interface Fuzzing {
  /** A name of {@link corpora}. */
  reader: string;
  seconds: number;
  /** Of the first file; the next one has the next seed. */
  seed: number;
}

/** @returns how many files were tried, and how many of them were read. @throws Error with the seed that makes the file again */
export async function fuzz({
  reader,
  seconds,
  seed,
}: Fuzzing): Promise<{ tried: number; read: number }> {
  const corpus = (corpora[reader] ?? []).map((name) => ({
    file: path.join(fixtures, name),
    bytes: readFileSync(path.join(fixtures, name)),
  }));
  const end = performance.now() + 1000 * seconds;
  let [tried, read] = [0, 0];
  do {
    const random = randomOf(seed + tried);
    const { file, bytes } = corpus[below(random, corpus.length)] as (typeof corpus)[number];
    const mutated = mutate(bytes, random);
    const wasRead = await attempt(mutated, file).catch((error: Error) => {
      throw new Error(`--reader ${reader} --seed ${seed + tried}: ${error.stack}`);
    });
    read += Number(wasRead);
    tried++;
  } while (performance.now() < end);
  return { tried, read };
}

/** @returns whether the file was read */
async function attempt(bytes: Buffer, file: string): Promise<boolean> {
  // Not the time of a clock, which other processes make longer.
  const start = process.cpuUsage();
  const tensors = await readTensors(bytesSource(bytes, file)).catch((error: Error) => {
    if (!(error instanceof InvalidInputError) || error.message.length > 10_000) {
      throw error;
    }
    return undefined;
  });
  const seconds = process.cpuUsage(start).user / 1e6;
  const buffers = new Set([...(tensors?.values() ?? [])].map(({ values }) => values.buffer));
  const memory = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (seconds > mostSeconds || memory > 2 * bytes.length + 64e6) {
    throw new Error(`${seconds} s and ${memory} bytes`);
  }
  return tensors !== undefined;
}

/** Numbers from 0 to 1: the generator mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const below = (random: () => number, end: number) => Math.floor(random() * end);

const lengths = [0n, 1n, 255n, 65_535n, 2n ** 31n - 1n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 64n - 1n];
const digits = ['0', '-1', '1e9', '4294967296', '9007199254740993', '""', '[]', '{}', 'null'];

/** A new file, by one to eight changes. */
function mutate(original: Buffer, random: () => number): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (let left = 1 + below(random, 8); left > 0; left--) {
    bytes = changes[below(random, changes.length)]?.(bytes, random) ?? bytes;
  }
  return bytes;
}

type Change = (bytes: Buffer, random: () => number) => Buffer;

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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      reader: { type: 'string', multiple: true, default: Object.keys(corpora) },
    },
  });
  for (const reader of values.reader) {
    const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
    const { tried, read } = await fuzz({ reader, seconds, seed });
    process.stdout.write(`${reader}: ${tried} files, of which ${read} were read\n`);
  }
}
