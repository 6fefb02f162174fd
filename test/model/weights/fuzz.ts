/** Mutates small files of weights; each reader must read the result or refuse it in words, in little time and memory. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { InvalidInputError } from '../../../src/errors.js';
import { readTensors } from '../../../src/model/weights/index.js';
import { bytesSource } from '../../support/bytes-source.js';
import { below, mutate, randomOf } from '../../support/hostile/mutate.js';

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
