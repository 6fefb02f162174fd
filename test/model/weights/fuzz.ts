/** Mutates small files of weights; each reader must read the result or refuse it in words, in little time and memory. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTensors } from '../../../src/model/weights/index.js';
import { bytesSource } from '../../support/bytes-source.js';
import {
  checkRefusal,
  type Fuzzed,
  type Fuzzing,
  fuzzFiles,
  runFuzzer,
} from '../../support/hostile/fuzz.js';
import { mutate } from '../../support/hostile/mutate.js';

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

export function fuzz(fuzzing: Fuzzing): Promise<Fuzzed> {
  const originals = (corpora[fuzzing.reader] ?? []).map((name) => {
    const file = path.join(fixtures, name);
    return { file, bytes: readFileSync(file) };
  });
  return fuzzFiles(originals, fuzzing, ({ file, bytes }, random) =>
    attempt(mutate(bytes, random), file),
  );
}

/** @returns whether the file was read */
async function attempt(bytes: Buffer, file: string): Promise<boolean> {
  // Not the time of a clock, which other processes make longer.
  const start = process.cpuUsage();
  const tensors = await readTensors(bytesSource(bytes, file)).catch((error: Error) => {
    checkRefusal(error);
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
  await runFuzzer(Object.keys(corpora), fuzz);
}
