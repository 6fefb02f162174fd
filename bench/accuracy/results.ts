/** Rows of the contenders that trained to an accuracy, and whether Bobbin's accuracy is that of the best peer. */
import { median } from '../results.js';
import type { AccuracyOutcome } from './job.js';

/** A run's outcome with what was measured from outside. */
export interface MeasuredRun extends AccuracyOutcome {
  peakBytes: number;
}

/** All runs of one contender, one for each seed. */
export interface AccuracyTrial {
  contender: string;
  runs: MeasuredRun[];
  remarks: string;
}

/** One row of the table and of `--json`. */
export interface AccuracyRow {
  contender: string;
  /** Of training and validation: the median over all epochs but the first of each run, which includes compilation. */
  secondsPerEpoch: number;
  /** After the last epoch, the mean over the seeds. */
  accuracy: number;
  /** Standard error of `accuracy` over the seeds; null for one seed. */
  standardError: number | null;
  /** From the start of training to the end of the first epoch at the target; the median over the seeds. Null if half of them missed it. */
  secondsToTarget: number | null;
  /** The most over the seeds. */
  peakMB: number;
  version: string;
  remarks: string;
}

export function accuracyRow(
  { contender, runs, remarks }: AccuracyTrial,
  target: number,
): AccuracyRow {
  const finals = runs.map(({ epochs }) => epochs.at(-1)?.accuracy as number);
  const later = runs.flatMap(({ epochs }) => (epochs.length > 1 ? epochs.slice(1) : epochs));
  const reached = runs.map((run) => secondsTo(run, target));
  const seconds = median(reached);
  return {
    contender,
    secondsPerEpoch: median(later.map((epoch) => epoch.seconds)),
    accuracy: meanOf(finals),
    standardError: finite(standardError(finals)),
    secondsToTarget: finite(seconds),
    peakMB: Math.round(Math.max(...runs.map(({ peakBytes }) => peakBytes)) / 1e6),
    version: runs[0]?.version ?? '',
    remarks,
  };
}

function secondsTo({ epochs }: AccuracyOutcome, target: number): number {
  const first = epochs.findIndex(({ accuracy }) => accuracy >= target);
  return first < 0
    ? Number.POSITIVE_INFINITY
    : epochs.slice(0, first + 1).reduce((sum, { seconds }) => sum + seconds, 0);
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);

const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of the mean. For one value it is not a finite number: one value does not show an error. */
function standardError(values: number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

/** Why the accuracy of `own` is not that of the best of `peers`, in a sentence, or undefined, as with one seed, which cannot tell. */
export function accuracyComplaint(own: AccuracyRow, peers: AccuracyRow[]): string | undefined {
  const [best] = [...peers].sort((a, b) => b.accuracy - a.accuracy);
  if (best === undefined) {
    return undefined;
  }
  // Of the difference between two means.
  const error = Math.hypot(own.standardError ?? Number.NaN, best.standardError ?? Number.NaN);
  const behind = best.accuracy - own.accuracy;
  return !(behind > error)
    ? undefined
    : `${own.contender}'s accuracy, ${own.accuracy.toFixed(4)}, is ${behind.toFixed(4)} below that of ${best.contender}: more than the standard error of the difference, ${error.toFixed(4)}`;
}

export const accuracyHeader = [
  'contender',
  's/epoch',
  'accuracy',
  '±',
  's to target',
  'peak MB',
  'version',
  'remarks',
];

/** The cells of a row under {@link accuracyHeader}. */
export const accuracyCells = (row: AccuracyRow): string[] => [
  row.contender,
  row.secondsPerEpoch.toFixed(1),
  row.accuracy.toFixed(4),
  row.standardError?.toFixed(4) ?? '–',
  row.secondsToTarget?.toFixed(0) ?? '–',
  `${row.peakMB}`,
  row.version,
  row.remarks,
];
