/** Turns what the workers of a run measured into a row, and the rows into a cost model. */
import { median } from '../results.js';
import {
  type Compute,
  fitLink,
  type Link,
  overlapOf,
  reduceMs,
  stepMs,
  type Traffic,
} from './cost-model.js';
import type { StepParts, WorkerOutcome } from './job.js';

/** How a row was measured. */
export interface Setting {
  contender: string;
  workers: number;
  /** What each worker could send in a second, in 10⁶ bits; null without a limit. */
  megabits: number | null;
  batchNorm: 'local' | 'synchronised';
}

/** One row of the table and of `--json`: medians over the steps of all rounds. */
export interface ScalingRow extends Setting {
  /** Steps one after the other: the median of the rounds, the median of each, and their largest difference over the median. */
  stepMs: number;
  roundsMs: number[];
  spread: number;
  imagesPerSecond: number;
  /** Of the processes of all workers together, for a step. */
  cpuMs: number;
  version: string;
  /** Of Bobbin. */
  parts?: PartsRow;
}

/** Parts of a step, each until the last worker had ended it. */
export interface PartsRow extends Compute {
  wholeMs: number;
  /** The gradients alone, and how they travel. */
  reduceMs: number;
  traffic: Traffic;
  /** All reductions, by size. */
  reductions: (Traffic & { ms: number })[];
  /** The share of the reduction that the step hid, 0…1. */
  overlap: number;
  /** Between the ends of the first worker's computation and the last one's. */
  stragglerMs: number;
}

/** What was measured of a setting: in each round, the outcomes of all workers. */
export interface ScalingTrial {
  setting: Setting;
  rounds: WorkerOutcome[][];
}

/** @param batch images of a step of all workers */
export function rowOf({ setting, rounds }: ScalingTrial, batch: number): ScalingRow {
  const times = rounds.map((workers) => median(workers.flatMap((worker) => worker.stepMs)));
  const ms = median(times);
  const cpu = rounds.map((workers) => workers.reduce((sum, { cpuMs }) => sum + cpuMs, 0));
  const parts = partsOf(rounds);
  return {
    ...setting,
    stepMs: ms,
    roundsMs: times,
    spread: (Math.max(...times) - Math.min(...times)) / ms,
    imagesPerSecond: (1000 * batch) / ms,
    cpuMs: median(cpu),
    version: rounds[0]?.[0]?.version ?? '',
    ...(parts && { parts }),
  };
}

function partsOf(rounds: WorkerOutcome[][]): PartsRow | undefined {
  const all = rounds.map((workers) =>
    workers.map(({ parts }) => parts).filter((parts) => parts !== undefined),
  );
  const [first] = all[0] ?? [];
  if (first === undefined) {
    return undefined;
  }
  const workers = all[0]?.length ?? 0;
  /** In each step of all rounds, one number of all workers' numbers. */
  const inSteps = (
    numbersOf: (parts: StepParts) => number[],
    join: (numbers: number[]) => number,
  ) =>
    median(
      all.flatMap((round) =>
        numbersOf(round[0] as StepParts).map((_, step) =>
          join(round.map((parts) => numbersOf(parts)[step] as number)),
        ),
      ),
    );
  const last = (numbers: number[]) => Math.max(...numbers);
  const reductions = first.reductions.map(({ bytes, buckets }, size) => ({
    ...{ workers, bytes, buckets },
    ms: inSteps((parts) => parts.reductions[size]?.ms ?? [], last),
  }));
  const { ms: reduced, ...traffic } = reductions.at(-1) as (typeof reductions)[number];
  const [wholeMs, computeMs, forwardMs] = (['wholeMs', 'computeMs', 'forwardMs'] as const).map(
    (part) => inSteps((parts) => parts[part], last),
  ) as [number, number, number];
  return {
    ...{ wholeMs, computeMs, backwardMs: Math.max(0, computeMs - forwardMs) },
    ...{ reduceMs: workers > 1 ? reduced : 0, traffic, reductions },
    overlap: workers > 1 ? overlapOf(computeMs, reduced, wholeMs) : 0,
    stragglerMs: inSteps(
      (parts) => parts.arrivals,
      (arrivals) => Math.max(...arrivals) - Math.min(...arrivals),
    ),
  };
}

/** How long a step takes, divided by that of the quicker peer under the same setting: the median of the rounds' ratios. */
export function ratioToPeer(row: ScalingRow, rows: readonly ScalingRow[]): number | undefined {
  const isSame = ({ workers, megabits, batchNorm }: ScalingRow) =>
    workers === row.workers && megabits === row.megabits && batchNorm === row.batchNorm;
  const [peer] = rows
    .filter((other) => other.parts === undefined && isSame(other))
    .sort((a, b) => a.stepMs - b.stepMs);
  return peer && median(row.roundsMs.map((ms, round) => ms / (peer.roundsMs[round] as number)));
}

/** A model that is fitted to one row, and what it says of others. */
export interface CostModel {
  /** The row that it is fitted to. */
  fitted: Setting;
  link: Link;
  /** β over the limit; null without a limit. */
  shareOfLimit: number | null;
  overlap: number;
  /** The share of the computation that is the backward pass. */
  backwardShare: number;
  checks: ModelCheck[];
  /** The link without a limit, which a quicker network does not exceed; null where it was not measured. */
  unlimited: Link | null;
}

/** What the model foretells of a row that it is not fitted to, from what a worker computes there. */
export interface ModelCheck extends Setting {
  foretoldMs: number;
  measuredMs: number;
  foretoldReduceMs: number;
  measuredReduceMs: number;
}

/** Of the rows with local batch normalisation, the first one of two workers with a limit, or without where nothing is limited. */
export function modelOf(rows: readonly ScalingRow[]): CostModel | undefined {
  const shared = rows.filter(
    ({ parts, workers, batchNorm }) => parts && workers > 1 && batchNorm === 'local',
  );
  const two = shared.filter(({ workers }) => workers === 2);
  const fitted = two.find(({ megabits }) => megabits !== null) ?? two[0];
  if (fitted?.parts === undefined) {
    return undefined;
  }
  const { overlap, computeMs, backwardMs, reductions } = fitted.parts;
  const link = fitLink(reductions);
  const free = two.find(({ megabits }) => megabits === null)?.parts;
  const others = shared.filter(
    (row) => row !== fitted && (row.megabits !== null || fitted.megabits === null),
  );
  return {
    fitted: settingOf(fitted),
    ...{ link, overlap, backwardShare: backwardMs / computeMs },
    shareOfLimit:
      fitted.megabits === null ? null : link.bytesPerMs / bytesPerMs(fitted.megabits / 1000),
    checks: others.map((row) => checkOf(row, fitted, link, overlap)),
    unlimited: free === undefined ? null : fitLink(free.reductions),
  };
}

/** @param gigabits of a network, a second */
export const bytesPerMs = (gigabits: number): number => (1e9 * gigabits) / 8 / 1000;

const settingOf = ({ contender, workers, megabits, batchNorm }: Setting): Setting => ({
  ...{ contender, workers, megabits, batchNorm },
});

function checkOf(row: ScalingRow, fitted: ScalingRow, link: Link, overlap: number): ModelCheck {
  const parts = row.parts as PartsRow;
  const scale = (row.megabits ?? 1) / (fitted.megabits ?? 1);
  const there = { ...link, bytesPerMs: link.bytesPerMs * scale };
  const foretoldReduceMs = reduceMs(there, parts.traffic);
  return {
    ...settingOf(row),
    ...{ foretoldReduceMs, measuredReduceMs: parts.reduceMs },
    foretoldMs: stepMs(parts, foretoldReduceMs, overlap),
    measuredMs: parts.wholeMs,
  };
}
