/** The comparison of training steps: every contender starts from the same weights and batch, in fresh processes that alternate. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expected } from '../../src/errors.js';
import { type NetworkName, networkNames } from '../../src/model/index.js';
import { textTable } from '../../src/report/index.js';
import { absence, answerOf } from '../measure.js';
import { checkOutput, writeJson } from '../output.js';
import { must } from '../processes.js';
import { checkMeasured, inTurn, machineNow } from '../rounds.js';
import { bobbins, type TrainContender, trainPeers, yardsticks } from './contenders.js';
import type { TrainJob, TrainOutcome } from './job.js';
import {
  outcomeComplaint,
  type TrainRow,
  type TrainTrial,
  trainCellsOf,
  trainHeader,
  trainRowsOf,
} from './results.js';

export interface TrainComparison {
  /** Empty for {@link usualNetworks}. */
  nets: string[];
  batches: number[];
  rounds: number;
  /** Measured steps of one run. */
  steps: number;
  /** Names of the peers to run with Bobbin; empty for all. */
  only: string[];
  /** A file for the rows, as JSON. */
  json: string | undefined;
}

/** Those that every contender builds; all would take hours. */
export const usualNetworks: readonly NetworkName[] = [
  'efficientnet-lite0',
  'resnet50-v2',
  'mobilenet-v2',
];

interface Entry {
  contender: TrainContender;
  job: TrainJob;
  trial: TrainTrial;
}

/** Compilation takes minutes; a step of ResNet50V2 at batch 32 takes ten seconds op by op. */
const mostSeconds = 1800;

/** Runs the comparison; prints each result at once and the tables at the end. */
export async function compareTraining(comparison: TrainComparison): Promise<void> {
  const { only, nets, rounds, json } = comparison;
  checkOutput('--json', json);
  checkNames(
    '--only',
    only,
    trainPeers.map(({ name }) => name),
  );
  checkNames('--nets', nets, networkNames);
  const leftOut: string[] = [];
  const peers = trainPeers.filter(({ name }) => only.length === 0 || only.includes(name));
  const contenders = [...bobbins, ...peers].filter((contender) => {
    const reason = absence(contender);
    if (reason !== undefined) {
      leftOut.push(`${contender.name}: ${reason}`);
    }
    return reason === undefined;
  });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bobbin-bench-'));
  try {
    const references = new Map<string, TrainOutcome>();
    const runOnce = (entry: Entry) => addOutcome(entry, folder, references);
    const all = entriesOf(contenders, comparison, folder);
    const entries = await inTurn(all, { rounds, runOnce, nameOf }, leftOut);
    const trials = entries.map(({ trial }) => trial);
    const rows = trainRowsOf(trials, yardsticks);
    checkMeasured(rows, leftOut);
    publish(rows, leftOut, comparison);
    await writeJson(json, rows);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function checkNames(flag: string, names: string[], known: string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw expected(`one of ${known.join('; ')}`, flag, unknown);
  }
}

/** Writes the inputs of each network, and lists its contenders. */
function entriesOf(
  contenders: TrainContender[],
  { nets, batches, steps }: TrainComparison,
  folder: string,
): Entry[] {
  const wanted: readonly string[] = nets.length === 0 ? usualNetworks : nets;
  const chosen = networkNames.filter((net) => wanted.includes(net));
  return chosen.flatMap((net) => {
    const inputs = path.join(folder, net);
    mkdirSync(inputs);
    writeInputs(inputs, net, Math.max(...batches));
    return batches.flatMap((batch) =>
      contenders.map((contender) => {
        const { name, remarks = '' } = contender;
        const threads = os.availableParallelism();
        return {
          contender,
          job: { net, folder: inputs, batch, steps, threads },
          trial: { net, batch, contender: name, outcomes: [], remarks },
        };
      }),
    );
  });
}

/** Runs in another process, because TensorFlow's memory and threads must not stay in this one. */
export function writeInputs(folder: string, net: NetworkName, batch: number): void {
  const program = path.join(import.meta.dirname, 'inputs.ts');
  must(process.execPath, ['--import', 'tsx', program, folder, net, `${batch}`], 'run set-up again');
}

const nameOf = ({ trial: { net, batch, contender } }: Entry) => `${contender}, ${net} × ${batch}`;

/** Adds one outcome to the entry's trial, if it agrees with the first contender's on the same job. */
async function addOutcome(
  entry: Entry,
  folder: string,
  references: Map<string, TrainOutcome>,
): Promise<void> {
  const { contender, job, trial } = entry;
  const { net, batch, threads } = job;
  const file = path.join(folder, 'job.json');
  writeFileSync(file, JSON.stringify(job));
  const limits = { threads, seconds: mostSeconds };
  const outcome = await answerOf<TrainOutcome>(contender, [file], limits);
  const reference = references.get(`${net} × ${batch}`) ?? outcome;
  const complaint = outcomeComplaint(outcome, reference);
  if (complaint !== undefined) {
    throw new Error(complaint);
  }
  references.set(`${net} × ${batch}`, reference);
  trial.outcomes.push(outcome);
  const { forward, step } = outcome.msPerStep;
  const times = [forward, step].map((ms) => ms.toFixed(0).padStart(7));
  console.log(`forward${times[0]} ms, step${times[1]} ms  ${nameOf(entry)}`);
}

function publish(rows: TrainRow[], leftOut: string[], { rounds, steps }: TrainComparison): void {
  const titleOf = ({ trial, batch }: TrainRow) => `${trial}, batch ${batch}`;
  for (const title of new Set(rows.map(titleOf))) {
    console.log(`\n${title}`);
    console.log(
      textTable(trainHeader, rows.filter((row) => titleOf(row) === title).map(trainCellsOf)),
    );
  }
  if (leftOut.length > 0) {
    console.log(`\nleft out:\n  ${leftOut.join('\n  ')}`);
  }
  const best = `× best: divided by the faster of ${yardsticks.join(' and ')}`;
  console.log(`\n${best}; ${rounds} rounds of ${steps} steps, float32; ${machineNow()}`);
}
