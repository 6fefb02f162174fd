/** The comparison of training steps: every contender starts from the same weights and batch, in fresh processes that alternate. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expected } from '../../src/errors.js';
import { type NetworkName, networkNames } from '../../src/model/index.js';
import { count } from '../../src/plural.js';
import { textTable } from '../../src/report/index.js';
import { absence, answerOf } from '../measure.js';
import { checkOutput, writeJson } from '../output.js';
import { must } from '../processes.js';
import { checkMeasured, inTurn, machineNow } from '../rounds.js';
import { bobbins, compiled, type TrainContender, trainPeers, yardsticks } from './contenders.js';
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
  /** Networks with the images of a step, such as `resnet50-v2:32`; empty for {@link usualParts}. */
  parts: string[];
  /** Most rounds of a part, and the minutes that they may take together. */
  rounds: number;
  minutes: number;
  /** Measured steps of one run. */
  steps: number;
  /** Names of the peers to run with Bobbin; empty for all. */
  only: string[];
  /** Whether to run what XLA compiles, too. */
  xla: boolean;
  /** A file for the rows, as JSON. */
  json: string | undefined;
}

/** With the networks that every contender builds. */
export const usualParts = ['efficientnet-lite0', 'resnet50-v2', 'mobilenet-v2'].flatMap((net) =>
  [8, 32].map((batch) => `${net}:${batch}`),
);

interface Entry {
  contender: TrainContender;
  job: TrainJob;
  trial: TrainTrial;
}

/** Compilation takes minutes; a step of ResNet50V2 at batch 32 takes ten seconds op by op. */
const mostSeconds = 1800;

/** Runs the comparison part by part; prints each result at once, and a table after each part. */
export async function compareTraining(comparison: TrainComparison): Promise<void> {
  const { json } = comparison;
  checkOutput('--json', json);
  const peers = peersOf(comparison);
  const given = comparison.parts.length === 0 ? usualParts : comparison.parts;
  const parts = given.map(parsePart);
  const leftOut: string[] = [];
  const contenders = [...bobbins, ...peers].filter((contender) => {
    const reason = absence(contender);
    if (reason !== undefined) {
      leftOut.push(`${contender.name}: ${reason}`);
    }
    return reason === undefined;
  });
  const rows: TrainRow[] = [];
  for (const part of parts) {
    rows.push(...(await comparePart(part, contenders, comparison, leftOut)));
    await writeJson(json, rows);
  }
  checkMeasured(rows, leftOut);
  if (leftOut.length > 0) {
    console.log(`\nleft out:\n  ${leftOut.join('\n  ')}`);
  }
}

interface Part {
  net: NetworkName;
  batch: number;
}

function parsePart(text: string): Part {
  const [net = '', batch = ''] = text.split(':');
  const isPart = (networkNames as readonly string[]).includes(net) && /^[1-9]\d{0,3}$/.test(batch);
  if (!isPart || text.split(':').length > 2) {
    throw expected(`a network and the images of a step, such as ${usualParts[0]}`, 'a part', text);
  }
  return { net: net as NetworkName, batch: Number(batch) };
}

function peersOf({ only, xla }: TrainComparison): TrainContender[] {
  const peers = [...(xla ? compiled : []), ...trainPeers];
  checkNames(
    '--only',
    only,
    peers.map(({ name }) => name),
  );
  return peers.filter(({ name }) => only.length === 0 || only.includes(name));
}

async function comparePart(
  { net, batch }: Part,
  contenders: TrainContender[],
  { rounds, minutes, steps }: TrainComparison,
  leftOut: string[],
): Promise<TrainRow[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bobbin-bench-'));
  try {
    writeInputs(folder, net, batch);
    const threads = os.availableParallelism();
    const entries = contenders.map((contender) => ({
      contender,
      job: { net, folder, batch, steps, threads },
      trial: {
        ...{ part: `${net}:${batch}`, batch, contender: contender.name },
        ...{ outcomes: [], remarks: contender.remarks ?? '' },
      },
    }));
    let reference: TrainOutcome | undefined;
    const runOnce = async (entry: Entry) => {
      const outcome = await addOutcome(entry, reference);
      reference ??= outcome;
    };
    const limits = { rounds, seconds: 60 * minutes, runOnce, nameOf };
    const measured = await inTurn<Entry>(entries, limits, leftOut);
    const trials = measured.map(({ trial }) => trial);
    const rows = trainRowsOf(trials, yardsticks);
    const done = count(trials[0]?.outcomes.length ?? 0, 'round');
    publish(rows, `${done} of ${count(steps, 'step')}`);
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const nameOf = ({ trial: { part, contender } }: Entry) => `${contender}, ${part}`;

/** Adds one outcome to the entry's trial, if it agrees with the reference, the first contender's. */
async function addOutcome(
  { contender, job, trial }: Entry,
  reference: TrainOutcome | undefined,
): Promise<TrainOutcome> {
  const file = path.join(job.folder, 'job.json');
  writeFileSync(file, JSON.stringify(job));
  const limits = { threads: job.threads, seconds: mostSeconds };
  const outcome = await answerOf<TrainOutcome>(contender, [file], limits);
  const complaint = reference && outcomeComplaint(outcome, reference);
  if (complaint !== undefined) {
    throw new Error(complaint);
  }
  trial.outcomes.push(outcome);
  console.log(
    `${outcome.msPerStep.toFixed(0).padStart(7)} ms  ${nameOf({ contender, job, trial })}`,
  );
  return outcome;
}

function publish(rows: TrainRow[], rounds: string): void {
  if (rows.length === 0) {
    return;
  }
  console.log(`\n${rows[0]?.part}\n${textTable(trainHeader, rows.map(trainCellsOf))}`);
  const best = `× best: divided by the faster of ${yardsticks.join(' and ')}`;
  console.log(`\n${best}; ${rounds}, float32; ${machineNow()}`);
}

export function checkNames(flag: string, names: string[], known: string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw expected(`one of ${known.join('; ')}`, flag, unknown);
  }
}

/** Runs in another process, because TensorFlow's memory and threads must not stay in this one. */
export function writeInputs(folder: string, net: NetworkName, batch: number): void {
  const program = path.join(import.meta.dirname, 'inputs.ts');
  must(process.execPath, ['--import', 'tsx', program, folder, net, `${batch}`], 'run set-up again');
}
