/** Trains the same pretrained network with the same photos and recipe in Bobbin and its peers, in fresh processes in turn. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { NetworkName } from '../../src/model/index.js';
import { count } from '../../src/plural.js';
import { textTable } from '../../src/report/index.js';
import { absence, answerOf } from '../measure.js';
import { checkOutput, writeJson } from '../output.js';
import { must } from '../processes.js';
import { checkMeasured, inTurn, machineNow } from '../rounds.js';
import { checkNames } from '../train/train.js';
import { type AccuracyContender, accuracyPeers, bobbin } from './contenders.js';
import {
  type AccuracyJob,
  type AccuracyOutcome,
  type Photos,
  photosFile,
  type Recipe,
} from './job.js';
import { watchMemory } from './memory.js';
import {
  type AccuracyTrial,
  accuracyCells,
  accuracyComplaint,
  accuracyHeader,
  accuracyRow,
} from './results.js';

export interface AccuracyComparison {
  /** A folder of classes, or of `train` and `validation` with a folder for each class. */
  photos: string;
  epochs: number;
  seeds: number;
  /** Validation accuracy that the clock stops at, 0…1. */
  target: number;
  /** Names of the peers to run with Bobbin; empty for all. */
  only: string[];
  /** A file for the rows, as JSON. */
  json: string | undefined;
}

const net: NetworkName = 'efficientnet-lite0';
const side = 224;
const recipe: Omit<Recipe, 'epochs'> = {
  batch: 32,
  learningRate: 0.02,
  warmUp: 0.5,
  momentum: 0.9,
  weightDecay: 1e-4,
  labelSmoothing: 0.1,
  dropout: 0.2,
  area: [0.5, 1],
  jitter: 0.2,
};

/** Training on slow cores. */
const mostSeconds = 4 * 3600;

interface Entry {
  contender: AccuracyContender;
  trial: AccuracyTrial;
}

/** Prints each run at once and a table at the end; fails if Bobbin's accuracy is below the best peer's. */
export async function compareAccuracy(comparison: AccuracyComparison): Promise<void> {
  const { photos, epochs, seeds, target, only, json } = comparison;
  checkOutput('--json', json);
  checkNames(
    '--only',
    only,
    accuracyPeers.map(({ name }) => name),
  );
  const peers = accuracyPeers.filter(({ name }) => only.length === 0 || only.includes(name));
  const leftOut: string[] = [];
  const entries = [bobbin, ...peers].flatMap((contender): Entry[] => {
    const reason = absence(contender);
    if (reason !== undefined) {
      leftOut.push(`${contender.name}: ${reason}`);
      return [];
    }
    const { name, remarks = '' } = contender;
    return [{ contender, trial: { contender: name, runs: [], remarks } }];
  });
  let seed = 0;
  const runOnce = async (entry: Entry) => {
    seed = entry.trial.runs.length + 1;
    entry.trial.runs.push(await runOf(entry.contender, { photos, epochs, seed }));
    console.log(describe(entry.trial, seed));
  };
  const nameOf = ({ contender }: Entry) => contender.name;
  const measured = await inTurn<Entry>(entries, { rounds: seeds, runOnce, nameOf }, leftOut);
  const rows = measured.map(({ trial }) => accuracyRow(trial, target));
  await writeJson(json, rows);
  checkMeasured(rows, leftOut);
  console.log(`\n${textTable(accuracyHeader, rows.map(accuracyCells))}`);
  const runs = `${count(seeds, 'seed')} of ${count(epochs, 'epoch')}`;
  console.log(`\ntarget ${target}; ${runs}; ${machineNow()}`);
  if (leftOut.length > 0) {
    console.log(`\nleft out:\n  ${leftOut.join('\n  ')}`);
  }
  const own = rows.find(({ contender }) => contender === bobbin.name);
  const complaint =
    own &&
    accuracyComplaint(
      own,
      rows.filter((row) => row !== own),
    );
  if (own === undefined || complaint !== undefined) {
    console.log(`\n${complaint ?? 'Bobbin was not measured'}`);
    process.exitCode = 1;
  }
}

interface RunRequest {
  photos: string;
  epochs: number;
  seed: number;
}

/** Trains once, in a process of its own. */
async function runOf(contender: AccuracyContender, { photos, epochs, seed }: RunRequest) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bobbin-bench-'));
  try {
    const program = path.join(import.meta.dirname, 'inputs.ts');
    const given = [folder, photos, net, `${side}`, `${seed}`];
    must(process.execPath, ['--import', 'tsx', program, ...given], 'run set-up again');
    const inputs: Photos = JSON.parse(readFileSync(path.join(folder, photosFile), 'utf8'));
    const threads = os.availableParallelism();
    const job: AccuracyJob = {
      ...recipe,
      ...inputs,
      ...{ net, folder, side, epochs, threads, seed, steps: 0 },
    };
    const file = path.join(folder, 'job.json');
    writeFileSync(file, JSON.stringify(job));
    let peak = () => 0;
    const onStart = (pid: number) => {
      peak = watchMemory(pid);
    };
    const limits = { threads, seconds: mostSeconds, onStart };
    const outcome = await answerOf<AccuracyOutcome>(contender, [file], limits).finally(() =>
      peak(),
    );
    return { ...outcome, peakBytes: peak() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function describe({ contender, runs }: AccuracyTrial, seed: number): string {
  const epochs = runs.at(-1)?.epochs ?? [];
  const accuracies = epochs.map(({ accuracy }) => accuracy.toFixed(3)).join(' ');
  const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  return `${seconds.toFixed(0).padStart(6)} s  ${contender}, seed ${seed}: ${accuracies}`;
}
