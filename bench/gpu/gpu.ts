/** `npm run bench:gpu`: measures copies, the fused kernel and JPEG decoding on a GPU, then Bobbin's loader in each mode and its peers, after a check of their pixels. */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cudaFolder } from '../../scripts/cuda-library.mjs';
import { expected } from '../../src/errors.js';
import { textTable } from '../../src/report/index.js';
import { synthesize } from '../../src/synthetic/index.js';
import { agreementOf, disagreement } from '../check/agreement.js';
import { checkAll, race } from '../compare.js';
import { type Contender, decode } from '../contenders.js';
import { preprocessing } from '../job.js';
import { absence, benchFolder, measure } from '../measure.js';
import { checkOutput, writeJson } from '../output.js';
import { checkThreads, runOnCores } from '../processes.js';
import { gpuPeers, inMainMemory, onGpu } from './contenders.js';
import { gpuCellsOf, gpuHeader, gpuRowsOf, type NativeOutcome } from './results.js';

export interface GpuComparison {
  files: string[];
  rounds: number;
  /** Measured time of one loader's run. */
  seconds: number;
  threads: number;
  /** Names of the peers to run with Bobbin; empty for all. */
  only: string[];
  /** A file for the GPU's name and the rows, as JSON. */
  json: string | undefined;
}

/** Time limit of one round of native trials. */
const mostSeconds = 600;
/** Number of files whose pixels on the GPU are compared with main memory's. */
const checkedFiles = 256;

/** Runs all trials on GPU 0; prints each result at once and the tables at the end. */
export async function compareOnGpu(comparison: GpuComparison): Promise<void> {
  const { files, rounds, threads, only, json } = comparison;
  const names = gpuPeers.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw expected(`one of ${names.join('; ')}`, '--only', unknown);
  }
  checkThreads([threads]);
  checkOutput('--json', json);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bobbin-gpu-'));
  try {
    const outcomes: NativeOutcome[] = [];
    for (let round = 1; round <= rounds; round++) {
      outcomes.push(await nativeTrials(files, threads, folder));
      console.log(`native trials, round ${round} of ${rounds}: ${outcomes.at(-1)?.card}`);
    }
    const trials = gpuRowsOf(outcomes);
    console.log(`\n${textTable(gpuHeader, trials.map(gpuCellsOf))}\n`);
    const leftOut: string[] = [];
    const sound = await soundContenders(comparison, folder, leftOut);
    const loaders = await race(sound, { ...comparison, threads: [threads] }, leftOut);
    const results = { card: outcomes[0]?.card, trials, loaders };
    await writeJson(json, results);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A folder of drawn pictures in the size of common photos, made once, for a machine without photos. */
export async function drawnPictures(): Promise<string> {
  const folder = path.join(benchFolder, 'drawn');
  if (existsSync(folder)) {
    return folder;
  }
  console.log('drawing 512 pictures …');
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  const drawn = { tasks: ['coat_length_labels'], imagesPerTask: 512, size: 400 };
  await synthesize(unfinished, drawn);
  renameSync(unfinished, folder);
  return folder;
}

async function nativeTrials(files: string[], threads: number, folder: string) {
  const program = path.join(cudaFolder, 'bobbin_cuda_bench');
  if (!existsSync(program)) {
    throw new Error(`${program} is missing: \`npm run bench:gpu\` builds it`);
  }
  const list = path.join(folder, 'files.txt');
  writeFileSync(list, `${files.join('\n')}\n`);
  const output = await runOnCores([program, list], { threads, seconds: mostSeconds });
  return JSON.parse(output.trim().split('\n').at(-1) as string) as NativeOutcome;
}

/** The loader in main memory, which `npm run bench` judges; Bobbin's others with the same pixels; and peers that pass the judge. */
async function soundContenders({ files, only }: GpuComparison, folder: string, leftOut: string[]) {
  const sound = absence(decode) === undefined ? [decode, inMainMemory] : [inMainMemory];
  const pixels = await pixelsOf(inMainMemory, files, folder);
  for (const contender of onGpu) {
    const problem = await pixelsOf(contender, files, folder).then(
      (own) => complaintAbout(contender, own, pixels),
      (error: Error) => error.message,
    );
    if (problem === undefined) {
      sound.push(contender);
    } else {
      leftOut.push(`${contender.name}: ${problem}`);
    }
  }
  const chosen = gpuPeers.filter(({ name }) => only.length === 0 || only.includes(name));
  const there = chosen.filter((peer) => {
    const reason = absence(peer);
    if (reason !== undefined) {
      leftOut.push(`${peer.name}: ${reason}`);
    }
    return reason === undefined;
  });
  return there.length === 0 ? sound : [...sound, ...(await checkAll(there, files, leftOut))];
}

function complaintAbout({ name }: Contender, own: Float32Array, wanted: Float32Array) {
  const agreement = agreementOf(own, wanted, preprocessing.std);
  const { within, largest } = agreement;
  const share = `${(100 * within).toFixed(4)}% of the values within 1/255 of main memory's`;
  console.log(`${name}: ${share}, the largest ${largest.toFixed(2)}/255 off`);
  return disagreement(agreement);
}

/** The pixels of two epochs with everything on; Bobbin's loaders use the same seed. */
async function pixelsOf(contender: Contender, files: string[], folder: string) {
  const pixels = path.join(folder, 'pixels.f32');
  const job = { files: files.slice(0, checkedFiles), load: 'everything', whole: true } as const;
  await measure(contender, {
    ...job,
    threads: 1,
    batchSize: 64,
    seconds: 0,
    pixels,
    workspace: folder,
  });
  return new Float32Array(new Uint8Array(readFileSync(pixels)).buffer);
}
