/** Mutates small files of networks; each must become a network folder or be refused in words, in little time and memory. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { importNetwork } from '../../src/import/index.js';
import { createModel } from '../../src/model/index.js';
import {
  checkRefusal,
  type Fuzzed,
  type Fuzzing,
  fuzzFiles,
  runFuzzer,
} from '../support/hostile/fuzz.js';
import { peakGrowth } from '../support/hostile/memory.js';
import { type Change, mutate } from '../support/hostile/mutate.js';
import { changeJson, changeMessage } from './mutations.js';
import { nested, saveGraph } from './tfjs/models.js';

interface Corpus {
  /** Puts the files, and those that they need beside them, into a folder. */
  put(folder: string): Promise<unknown>;
  files: string[];
  changes: Change[];
  /** A reader may not compute longer on so small a file. */
  mostSeconds: number;
}

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const putKeras = (folder: string) => cp(here('keras/fixtures'), folder, { recursive: true });
const json = { files: ['model.json'], changes: [changeJson], mostSeconds: 2 };
/** HDF5's thread is ended after 30 s. */
const hdf5 = { put: putKeras, changes: [changeJson], mostSeconds: 40 };

/** What each reader's fuzzing begins with. */
export const corpora: Record<string, Corpus[]> = {
  onnx: [
    {
      put: (folder) => cp(here('onnx/fixtures'), folder, { recursive: true }),
      files: [
        ...['channels-last', 'dynamo', 'folded', 'fresh', 'half', 'kept', 'patches', 'training'],
        ...['shapes-9', 'shapes-13', 'shapes-20'],
      ].map((name) => `${name}.onnx`),
      changes: [changeMessage],
      mostSeconds: 2,
    },
  ],
  keras: [{ ...hdf5, files: ['sequential.keras', 'all_layers.keras'] }],
  hdf5: [{ ...hdf5, files: ['keras2.h5', 'shapes.h5', 'activations.h5', 'all_layers.h5'] }],
  tfjs: [
    { ...json, put: (folder) => nested().save(`file://${folder}`) },
    { ...json, put: (folder) => saveGraph(folder) },
  ],
};

export async function fuzz(fuzzing: Fuzzing): Promise<Fuzzed> {
  const work = await mkdtemp(path.join(os.tmpdir(), 'bobbin-fuzz-'));
  try {
    return await fuzzFiles(
      await originalsIn(work, corpora[fuzzing.reader] ?? []),
      fuzzing,
      attempt,
    );
  } finally {
    await rm(work, { recursive: true });
  }
}

interface Original {
  file: string;
  bytes: Buffer;
  corpus: Corpus;
}

async function originalsIn(work: string, chosen: Corpus[]): Promise<Original[]> {
  const originals: Original[] = [];
  for (const [place, corpus] of chosen.entries()) {
    const folder = path.join(work, `${place}`);
    await mkdir(folder);
    await corpus.put(folder);
    for (const name of corpus.files) {
      const file = path.join(folder, name);
      originals.push({ file, bytes: await readFile(file), corpus });
    }
  }
  // The first import loads TensorFlow, which no mutated file answers for.
  for (const { file } of originals.slice(0, 1)) {
    await build(file, path.join(work, 'net'), () => 0);
  }
  return originals;
}

/** @returns whether the file was read */
async function attempt(
  { file: original, bytes: sound, corpus: { changes, mostSeconds } }: Original,
  random: () => number,
): Promise<boolean> {
  const bytes = mutate(sound, random, changes);
  const folder = path.dirname(original);
  // A crash leaves it there.
  const file = path.join(folder, `mutated-${path.basename(original)}`);
  await writeFile(file, bytes);
  // Not the time of a clock, which other processes make longer.
  const start = process.cpuUsage();
  const { result, grown } = await peakGrowth(() => build(file, path.join(folder, 'net'), random));
  const seconds = process.cpuUsage(start).user / 1e6;
  if (seconds > mostSeconds || grown > 2 * bytes.length + 64e6) {
    throw new Error(`${seconds} s and ${grown} bytes`);
  }
  return result;
}

/** Imports a file and, once in four times, builds a classifier of it. */
async function build(file: string, out: string, random: () => number): Promise<boolean> {
  try {
    await importNetwork(file, { out });
    if (random() < 0.25) {
      const options = { network: out, classes: ['a', 'b'], trainable: 'head', seed: 1 } as const;
      const { model } = await createModel(options);
      model.dispose();
    }
    return true;
  } catch (error) {
    checkRefusal(error);
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runFuzzer(Object.keys(corpora), fuzz);
}
