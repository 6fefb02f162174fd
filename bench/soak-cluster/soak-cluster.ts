/** The soak run of a cluster: two workers train a tiny network for a given time; fails if their memory, threads or descriptors grow. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { prepare } from '../../src/dataset/index.js';
import { synthesize } from '../../src/synthetic/index.js';
import { freePorts } from '../../src/workers/ports.js';
import { checkOutput, writeJson } from '../output.js';
import { machineNow } from '../rounds.js';
import { growthOf, type Holding, holdingOf } from './growth.js';
import type { Work } from './worker.js';

export interface ClusterSoak {
  minutes: number;
  /** Of the whole run. */
  steps: number;
  json: string | undefined;
}

const workers = 2;
const batchSize = 4;
const task = 'collar_design_labels';
const samplesOfRun = 60;
/** The share of the samples in which memory may still grow. */
const settling = 0.1;
/** As in the soak run of a loader: Node's garbage collector alone causes this much. */
const tolerance: Holding = { memoryMB: 16, threads: 0, descriptors: 0 };
const fullYoungGeneration = '--min-semi-space-size=16';

/** A sample of all workers. */
interface Sample {
  seconds: number;
  step: number;
  epoch: number;
  workers: Holding[];
}

/**
 * Trains `steps` steps, evenly over `minutes` where the machine is fast enough, with a validation and a checkpoint about every 35
 * steps. Prints what each worker holds, 60 times, and sets the exit code to 1 where the last half is above the first after settling.
 */
export async function soakCluster({ minutes, steps, json }: ClusterSoak): Promise<void> {
  checkOutput('--json', json);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bobbin-soak-'));
  try {
    const { data, epochs } = await inputs(folder, steps);
    const addresses = (await freePorts(workers)).map((port) => `127.0.0.1:${port}`);
    const common = { workers: addresses, data, task, batchSize, epochs };
    const stepMilliseconds = (60_000 * minutes) / steps;
    const run = path.join(folder, 'run');
    const children = addresses.map((_, index) =>
      begin({ ...common, run, index, stepMilliseconds }),
    );
    const samples = await sampleWorkers(children, (60_000 * minutes) / samplesOfRun);
    const growths = judge(samples);
    await writeJson(json, { machine: machineNow(), minutes, steps, growths, samples });
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function inputs(folder: string, steps: number) {
  const photos = path.join(folder, 'photos');
  await synthesize(photos, { tasks: [task], imagesPerTask: 180, questionsPerTask: 1, size: 64 });
  const data = path.join(folder, 'data');
  const { manifest } = await prepare(photos, { out: data, validationFraction: 0.2 });
  const images = manifest.samples.filter(({ split }) => split === 'train').length;
  return { data, epochs: Math.ceil(steps / Math.ceil(images / batchSize)) };
}

function begin(work: Work): ChildProcess {
  const program = path.join(import.meta.dirname, 'worker.ts');
  const words = [...process.execArgv, fullYoungGeneration, program, JSON.stringify(work)];
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' };
  return spawn(process.execPath, words, { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/** Samples all workers until they have ended. @throws an Error when one fails, after the others were ended */
async function sampleWorkers(children: ChildProcess[], milliseconds: number): Promise<Sample[]> {
  const progress = { step: 0, epoch: 0 };
  children[0]?.on('message', (told) => Object.assign(progress, told));
  const samples: Sample[] = [];
  let running = children.length;
  const ends = children.map(async (child) => {
    const [code, signal] = await once(child, 'close');
    running--;
    if (code !== 0) {
      throw new Error(`A worker ended with ${signal ?? `exit code ${code}`}`);
    }
  });
  const all = Promise.all(ends);
  try {
    // The clock begins with the first step.
    while (progress.step === 0 && running === children.length) {
      await Promise.race([wait(100), all]);
    }
    const start = performance.now();
    while (running === children.length) {
      await Promise.race([wait(milliseconds), all]);
      if (running === children.length) {
        const seconds = (performance.now() - start) / 1000;
        samples.push({
          seconds,
          ...progress,
          workers: children.map(({ pid = 0 }) => holdingOf(pid)),
        });
        print(samples.at(-1) as Sample);
      }
    }
    await all;
    return samples;
  } finally {
    for (const child of children) {
      child.kill('SIGKILL');
    }
  }
}

function print({ seconds, step, epoch, workers: all }: Sample): void {
  const held = all.map(
    ({ memoryMB, threads, descriptors }) =>
      `${memoryMB.toFixed(1)} MB ${threads} threads ${descriptors} descriptors`,
  );
  console.log(
    `${seconds.toFixed(0).padStart(5)} s  step ${step}  epoch ${epoch}  ${held.join('  |  ')}`,
  );
}

/** Prints how much each worker's holdings grew, and sets the exit code where that is too much. */
function judge(samples: Sample[]): Holding[] {
  const settled = samples.slice(Math.ceil(settling * samples.length));
  if (settled.length < 2) {
    throw new Error(
      `Expected at least 2 samples after settling but received ${settled.length}; give it more --steps`,
    );
  }
  const growths = Array.from({ length: workers }, (_, worker) =>
    growthOf(settled.map((sample) => sample.workers[worker] as Holding)),
  );
  growths.forEach((growth, worker) => {
    const { memoryMB, threads, descriptors } = growth;
    console.log(
      `worker ${worker}: the last half is above the first by ${memoryMB.toFixed(1)} MB (${tolerance.memoryMB} allowed), ${threads} threads and ${descriptors} descriptors (0 allowed)`,
    );
    const isAbove = (Object.keys(tolerance) as (keyof Holding)[]).some(
      (what) => growth[what] > tolerance[what],
    );
    if (isAbove) {
      process.exitCode = 1;
    }
  });
  return growths;
}
