/** `npm run bench -- scaling`: steps of 1, 2 and 4 workers whose network is limited, beside Keras's, and a cost model of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { NetworkName } from '../../src/model/index.js';
import { absence } from '../measure.js';
import { checkOutput, writeJson } from '../output.js';
import { checkMeasured, inTurn, machineNow } from '../rounds.js';
import { checkedSteps } from '../train/job.js';
import { writeInputs } from '../train/train.js';
import { bobbin, type ScalingContender, scalingPeers } from './contenders.js';
import { endOnSignals, runGroup } from './group.js';
import type { ScalingJob, WorkerOutcome } from './job.js';
import { unlimitedBecause } from './network.js';
import { modelOf, rowOf, type ScalingRow, type ScalingTrial, type Setting } from './results.js';
import { type Measured, tell } from './tables.js';

export interface Scaling {
  net: NetworkName;
  /** Images of a step of all workers. */
  batch: number;
  /** What a worker can send in a second, in 10⁶ bits. */
  megabits: number;
  rounds: number;
  /** For all rounds; there is at least one. */
  minutes: number;
  steps: number;
  /** {@link settingNames} to measure; empty for all. */
  only: string[];
  json: string | undefined;
}

interface Entry {
  contender: ScalingContender;
  trial: ScalingTrial;
}

/** Of a run: the slowest have four workers on two cores. */
const mostSeconds = 600;

/** Prints each result at once, and then the tables. */
export async function measureScaling(scaling: Scaling): Promise<void> {
  const { net, batch, json, rounds, minutes } = scaling;
  checkOutput('--json', json);
  endOnSignals();
  const [loadBefore = 0] = os.loadavg();
  const unlimited = unlimitedBecause();
  if (unlimited !== undefined) {
    console.log(`on loopback without a limit, since this needs namespaces and tc: ${unlimited}`);
  }
  const leftOut: string[] = [];
  const entries = entriesOf(scaling, unlimited === undefined).filter(({ contender }) => {
    const reason = absence(contender);
    if (reason !== undefined) {
      leftOut.push(`${contender.name}: ${reason}`);
    }
    return reason === undefined;
  });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bobbin-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.on('exit', remove);
  try {
    writeInputs(folder, net, batch);
    let reference: number[] | undefined;
    const runOnce = async (entry: Entry) => {
      const isLimited = unlimited === undefined;
      const workers = await runEntry(entry, { ...scaling, folder, isLimited });
      const losses = lossesOf(workers);
      checkLosses(losses, reference);
      reference ??= losses;
      entry.trial.rounds.push(workers);
      tellRow(rowOf({ ...entry.trial, rounds: [workers] }, batch));
    };
    const limits = { rounds, seconds: 60 * minutes, runOnce, nameOf };
    const finished = await inTurn<Entry>(entries, limits, leftOut);
    const rows = finished.map(({ trial }) => rowOf(trial, batch));
    checkMeasured(rows, leftOut);
    const done = finished[0]?.trial.rounds.length ?? 0;
    const measured = measuredOf(rows, { ...scaling, rounds: done, unlimited, loadBefore });
    await writeJson(json, measured);
    console.log(`\n${tell(measured)}`);
  } finally {
    process.off('exit', remove);
    remove();
  }
  if (leftOut.length > 0) {
    console.log(`\nleft out:\n  ${leftOut.join('\n  ')}`);
  }
}

/** What is measured, by its name and in the order of a round. */
function settingsOf(megabits: number): Record<string, [ScalingContender, Partial<Setting>]> {
  const [keras, packs] = scalingPeers as [ScalingContender, ScalingContender];
  return {
    one: [bobbin, { workers: 1, megabits: null }],
    two: [bobbin, { megabits }],
    keras: [keras, { megabits }],
    'keras-packs': [packs, { megabits }],
    four: [bobbin, { workers: 4, megabits }],
    half: [bobbin, { megabits: megabits / 2 }],
    free: [bobbin, { megabits: null }],
    synchronised: [bobbin, { megabits, batchNorm: 'synchronised' }],
  };
}

/** The names of all settings. */
export const settingNames = Object.keys(settingsOf(1));
export const quickSettings = ['one', 'two', 'keras', 'keras-packs'];

/** A network that cannot be limited has no settings that differ by the limit alone. */
function entriesOf({ megabits, only }: Scaling, isLimited: boolean): Entry[] {
  return Object.entries(settingsOf(megabits))
    .filter(([name]) => only.length === 0 || only.includes(name))
    .filter(([name]) => isLimited || !['half', 'free'].includes(name))
    .map(([, [contender, setting]]) =>
      entryOf(contender, isLimited ? setting : { ...setting, megabits: null }),
    );
}

function entryOf(contender: ScalingContender, setting: Partial<Setting>): Entry {
  const usual = { workers: 2, megabits: null, batchNorm: 'local' } as const;
  const full: Setting = { ...usual, ...setting, contender: contender.name };
  return { contender, trial: { setting: full, rounds: [] } };
}

interface Surroundings extends Scaling {
  folder: string;
  /** Whether there are namespaces. */
  isLimited: boolean;
}

function runEntry(
  { contender, trial }: Entry,
  { net, batch, steps, folder, isLimited }: Surroundings,
): Promise<WorkerOutcome[]> {
  const { workers: count, megabits, batchNorm } = trial.setting;
  return runGroup<ScalingJob, WorkerOutcome>({
    ...{ program: contender, count, folder, threads: 1, seconds: mostSeconds },
    megabits: isLimited ? megabits : undefined,
    jobOf: (index, workers) => ({
      ...{ net, folder, batch, steps, threads: 1 },
      ...{ workers, index, batchNorm },
    }),
  });
}

/** The mean losses of the batch in the first steps. */
const lossesOf = (workers: WorkerOutcome[]): number[] =>
  Array.from({ length: checkedSteps }, (_, step) =>
    workers.reduce((sum, { losses }) => sum + (losses[step] as number), 0),
  );

/** With local batch normalisation the loss depends on the number of workers, by less than this; other weights or labels differ by more. */
const tolerance = 0.1;

function checkLosses(losses: number[], reference: number[] = losses): void {
  const wrong = losses.findIndex((loss, step) => {
    const wanted = reference[step] as number;
    return !(Math.abs(loss - wanted) <= tolerance * wanted);
  });
  if (wrong >= 0) {
    throw new Error(`its loss of step ${wrong + 1} is ${losses[wrong]}, not ${reference[wrong]}`);
  }
}

function tellRow(row: ScalingRow): void {
  console.log(`${row.stepMs.toFixed(0).padStart(7)} ms  ${nameOf({ trial: { setting: row } })}`);
}

function nameOf({ trial: { setting } }: { trial: { setting: Setting } }): string {
  const { contender, workers, megabits, batchNorm } = setting;
  const limit = megabits === null ? 'no limit' : `${megabits} Mb/s`;
  return `${contender}, ${workers} × ${limit}, ${batchNorm} batch normalisation`;
}

function measuredOf(
  rows: ScalingRow[],
  {
    net,
    batch,
    steps,
    rounds,
    unlimited,
    loadBefore,
  }: Scaling & { unlimited: string | undefined; loadBefore: number },
): Measured {
  const model = modelOf(rows);
  return {
    ...{ net, batch, steps, rounds, rows, machine: machineNow(), loadBefore },
    date: new Date().toISOString().slice(0, 10),
    ...(unlimited !== undefined && { unlimited }),
    ...(model && { model }),
  };
}
