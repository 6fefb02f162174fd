/**
 * `npm run bench -- scaling --check`: gradients and weights of two and four workers beside those of one process with the same
 * batches, on loopback and in network namespaces.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { textTable } from '../../src/report/index.js';
import type { Program } from '../contenders.js';
import { machineNow } from '../rounds.js';
import { endOnSignals, runGroup } from '../scaling/group.js';
import { unlimitedBecause } from '../scaling/network.js';
import type { AgreeJob, AgreeOutcome } from './job.js';

const program: Program = { program: { kind: 'node', file: '../agree/worker.ts' } };
/** Of gradients: the length of the difference over that of one process's. */
const mostDifference = 1e-5;
/** The differences of weights over that of two single processes, with one thread and with two. */
const mostOfThreads = 2;
const batch = 16;
const mostSeconds = 600;

interface Way {
  workers: number;
  threads: number;
  isInNamespaces: boolean;
}

interface Numbers {
  gradients: Float32Array;
  before: Float32Array;
  after: Float32Array;
}

/** Prints a row for each way. @throws an Error when one of them differs by more than is allowed */
export async function checkAgreement(steps: number): Promise<void> {
  endOnSignals();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bobbin-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.on('exit', remove);
  try {
    const alone = await numbersOf({ workers: 1, threads: 1, isInNamespaces: false }, steps, folder);
    const rows: string[][] = [];
    let most = Number.POSITIVE_INFINITY;
    let isGood = true;
    for (const way of waysHere()) {
      const own = await numbersOf(way, steps, folder);
      const gradients = distance(own.gradients, alone.gradients);
      const moved = distance(alone.before, alone.after);
      const weights = distance(own.after, alone.after) / moved;
      if (way.workers === 1) {
        most = mostOfThreads * weights;
      } else {
        isGood &&= gradients <= mostDifference && weights <= most;
      }
      rows.push([nameOf(way), gradients.toExponential(1), weights.toExponential(1)]);
      console.log(rows.at(-1)?.join('  '));
    }
    const header = ['beside one process, 1 thread', 'gradients', `weights after ${steps} steps`];
    console.log(`\n${textTable(header, rows)}`);
    console.log(
      `\nrelative L2, of weights over the way they went; allowed: ${mostDifference} and ${most.toExponential(1)}, twice that of the threads; ${machineNow()}`,
    );
    if (!isGood) {
      throw new Error('Workers compute something else than one process does');
    }
  } finally {
    process.off('exit', remove);
    remove();
  }
}

function waysHere(): Way[] {
  const reason = unlimitedBecause();
  if (reason !== undefined) {
    console.log(`All workers run on loopback, without network namespaces: ${reason}`);
  }
  const places = reason === undefined ? [false, true] : [false];
  return [
    // On one core, too: with as many threads as the reference, no difference would be allowed.
    { workers: 1, threads: 2, isInNamespaces: false },
    ...places.flatMap((isInNamespaces) =>
      [2, 4].map((workers) => ({ workers, threads: 1, isInNamespaces })),
    ),
  ];
}

const nameOf = ({ workers, threads, isInNamespaces }: Way): string =>
  workers === 1
    ? `one process, ${threads} threads`
    : `${workers} workers ${isInNamespaces ? 'in namespaces' : 'on loopback'}`;

async function numbersOf(way: Way, steps: number, folder: string): Promise<Numbers> {
  const { workers: count, threads, isInNamespaces } = way;
  const file = path.join(folder, 'numbers.f32');
  const outcomes = await runGroup<AgreeJob, AgreeOutcome>({
    ...{ program, count, folder, threads, seconds: mostSeconds },
    megabits: isInNamespaces ? null : undefined,
    jobOf: (index, workers) => ({ workers, index, threads, batch, steps, file }),
  });
  const [{ gradients, weights, hash }] = outcomes as [AgreeOutcome];
  if (outcomes.some((outcome) => outcome.hash !== hash)) {
    throw new Error(`${nameOf(way)}: their weights are not equal to the bit`);
  }
  const all = new Float32Array(new Uint8Array(readFileSync(file)).buffer);
  return {
    gradients: all.subarray(0, gradients),
    before: all.subarray(gradients, gradients + weights),
    after: all.subarray(gradients + weights),
  };
}

const lengthOf = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/** ‖a − b‖ / ‖b‖ */
const distance = (a: Float32Array, b: Float32Array): number =>
  lengthOf(a.map((value, i) => value - (b[i] as number))) / lengthOf(b);
