/** The comparison of forward passes: every contender has the same weights and images, in fresh processes that alternate. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { networkNames } from '../../src/model/index.js';
import { textTable } from '../../src/report/index.js';
import { absence, answerOf } from '../measure.js';
import { checkOutput, writeJson } from '../output.js';
import { checkMeasured, inTurn, machineNow } from '../rounds.js';
import type { TrainContender } from '../train/contenders.js';
import { logitsComplaint } from '../train/results.js';
import { checkNames, writeInputs } from '../train/train.js';
import { forwardPeers, forwards, yardstick } from './contenders.js';
import type { PredictJob, PredictOutcome } from './job.js';
import { type ForwardTrial, forwardCellsOf, forwardHeader, forwardRowsOf } from './results.js';

export interface PredictComparison {
  /** Empty for all networks. */
  nets: string[];
  batches: number[];
  rounds: number;
  /** Least measured time of each batch size in one run. */
  seconds: number;
  /** Names of the peers to run with Bobbin; empty for all. */
  only: string[];
  /** A file for the rows, as JSON. */
  json: string | undefined;
}

interface Entry {
  contender: TrainContender;
  job: PredictJob;
  trial: ForwardTrial;
}

/** Starting and compiling take a minute. */
const startSeconds = 300;

/** Runs the comparison; prints each result at once and the tables at the end. */
export async function comparePrediction(comparison: PredictComparison): Promise<void> {
  const { only, nets, rounds, json, seconds } = comparison;
  checkOutput('--json', json);
  const names = forwardPeers.map(({ name }) => name);
  checkNames('--only', only, names);
  checkNames('--nets', nets, networkNames);
  const leftOut: string[] = [];
  const peers = forwardPeers.filter(({ name }) => only.length === 0 || only.includes(name));
  const contenders = [...forwards, ...peers].filter((contender) => {
    const reason = absence(contender);
    if (reason !== undefined) {
      leftOut.push(`${contender.name}: ${reason}`);
    }
    return reason === undefined;
  });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bobbin-bench-'));
  try {
    const references = new Map<string, number[]>();
    const runOnce = (entry: Entry) => addOutcome(entry, folder, references);
    const all = entriesOf(contenders, comparison, folder);
    const entries = await inTurn(all, { rounds, runOnce, nameOf }, leftOut);
    const rows = forwardRowsOf(
      entries.map(({ trial }) => trial),
      yardstick,
    );
    checkMeasured(rows, leftOut);
    for (const title of new Set(rows.map((row) => row.trial))) {
      const cells = rows.filter((row) => row.trial === title).map(forwardCellsOf);
      console.log(`\n${title}\n${textTable(forwardHeader, cells)}`);
    }
    if (leftOut.length > 0) {
      console.log(`\nleft out:\n  ${leftOut.join('\n  ')}`);
    }
    const ratios = `× ${yardstick}: images/s divided by its images/s, round by round`;
    console.log(`\n${ratios}; ${rounds} rounds of ${seconds} s, float32; ${machineNow()}`);
    await writeJson(json, rows);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes the inputs of each network, and lists its contenders. */
function entriesOf(
  contenders: TrainContender[],
  { nets, batches, seconds }: PredictComparison,
  folder: string,
): Entry[] {
  const chosen = networkNames.filter((net) => nets.length === 0 || nets.includes(net));
  return chosen.flatMap((net) => {
    const inputs = path.join(folder, net);
    mkdirSync(inputs);
    const batch = Math.max(...batches);
    writeInputs(inputs, net, batch);
    const threads = os.availableParallelism();
    const job = { net, folder: inputs, batch, batches, seconds, steps: 0, threads };
    return contenders.map((contender) => ({
      contender,
      job,
      trial: { net, contender: contender.name, outcomes: [], remarks: contender.remarks ?? '' },
    }));
  });
}

const nameOf = ({ trial: { net, contender } }: Entry) => `${contender}, ${net}`;

/** Adds one outcome to the entry's trial, if its logits agree with the first contender's. */
async function addOutcome(
  entry: Entry,
  folder: string,
  references: Map<string, number[]>,
): Promise<void> {
  const { contender, job, trial } = entry;
  const file = path.join(folder, 'job.json');
  writeFileSync(file, JSON.stringify(job));
  const limits = {
    threads: job.threads,
    seconds: startSeconds + 10 * job.seconds * job.batches.length,
  };
  const outcome = await answerOf<PredictOutcome>(contender, [file], limits);
  const reference = references.get(job.net) ?? outcome.logits;
  const complaint = logitsComplaint(outcome.logits, reference);
  if (complaint !== undefined) {
    throw new Error(complaint);
  }
  references.set(job.net, reference);
  trial.outcomes.push(outcome);
  const times = outcome.passes.map(({ batch, p50 }) => `${batch}: ${p50.toFixed(1)} ms`);
  console.log(`${times.join(', ')}  ${nameOf(entry)}`);
}
