/** From the rounds' outcomes to rows: median, spread, images a second per core and the ratio to the bare decode. */
import type { Load } from './job.js';

/** What one trial measured, a number a round. */
export interface Trial {
  contender: string;
  load: Load;
  threads: number;
  rates: number[];
  version: string;
  remarks: string;
}

/** One row of the table and of `--json`. */
export interface Row {
  trial: Load;
  contender: string;
  threads: number;
  /** Median over the rounds. */
  imagesPerSecond: number;
  /** Largest less smallest, over the median. */
  spread: number;
  imagesPerSecondPerCore: number;
  /** Time of an image over the time libjpeg-turbo needs to decode it, on as many threads; null without one. */
  ratioToDecode: number | null;
  version: string;
  remarks: string;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
}

/** Rows in the trials' order; `yardstick` names the contender whose time is 1 for every load. */
export function rowsOf(trials: Trial[], yardstick: string): Row[] {
  return trials.map((trial) => {
    const rate = median(trial.rates);
    const decode = trials.find(
      ({ contender, threads }) => contender === yardstick && threads === trial.threads,
    );
    return {
      trial: trial.load,
      contender: trial.contender,
      threads: trial.threads,
      imagesPerSecond: rate,
      spread: (Math.max(...trial.rates) - Math.min(...trial.rates)) / rate,
      imagesPerSecondPerCore: rate / trial.threads,
      ratioToDecode: decode ? median(decode.rates) / rate : null,
      version: trial.version,
      remarks: trial.remarks,
    };
  });
}

/** Cells of the rows, for a text table. */
export const header = [
  ...['contender', 'threads', 'images/s', 'spread', 'per core', '× decode', 'version', 'remarks'],
];

export function cellsOf(row: Row): string[] {
  return [
    row.contender,
    `${row.threads}`,
    row.imagesPerSecond.toFixed(0),
    `${(100 * row.spread).toFixed(0)}%`,
    row.imagesPerSecondPerCore.toFixed(0),
    row.ratioToDecode?.toFixed(2) ?? '–',
    row.version,
    row.remarks,
  ];
}
