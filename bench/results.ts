/** Turns the rates of the rounds into rows: median, spread, images a second per core, time per image and the ratio to the decode alone. */
import { type Load, loads } from './job.js';

/** The measurements of one trial, one for each round. */
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
  trial: (typeof loads)[Load];
  contender: string;
  threads: number;
  /** Median over the rounds. */
  imagesPerSecond: number;
  /** (largest − smallest) / median. */
  spread: number;
  imagesPerSecondPerCore: number;
  /** Time per image of one thread, or core. */
  microsecondsPerImage: number;
  /**
   * Time per image divided by the time that libjpeg-turbo needs to decode it, on as many threads: the median of
   * the ratios within each round, so that a slower machine cancels out. Null without the decode.
   */
  ratioToDecode: number | null;
  version: string;
  remarks: string;
}

/** The middle value, or the mean of the two middle ones; 0 for an empty list. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
}

/** Rows in the order of the trials; all have the same number of rounds. `yardstick` names the contender whose time is 1 for every load. */
export function rowsOf(trials: Trial[], yardstick: string): Row[] {
  return trials.map((trial) => {
    const rate = median(trial.rates);
    const decode = trials.find(
      ({ contender, threads }) => contender === yardstick && threads === trial.threads,
    );
    const ratios = decode?.rates.map((of, round) => of / (trial.rates[round] as number));
    return {
      trial: loads[trial.load],
      contender: trial.contender,
      threads: trial.threads,
      imagesPerSecond: rate,
      spread: (Math.max(...trial.rates) - Math.min(...trial.rates)) / rate,
      imagesPerSecondPerCore: rate / trial.threads,
      microsecondsPerImage: (1e6 * trial.threads) / rate,
      ratioToDecode: ratios ? median(ratios) : null,
      version: trial.version,
      remarks: trial.remarks,
    };
  });
}

export const header = [
  'contender',
  'threads',
  'images/s',
  'spread',
  'per core',
  'µs/image',
  '× decode',
  'version',
  'remarks',
];

/** The cells of a row under {@link header}. */
export function cellsOf(row: Row): string[] {
  return [
    row.contender,
    `${row.threads}`,
    row.imagesPerSecond.toFixed(0),
    `${(100 * row.spread).toFixed(0)}%`,
    row.imagesPerSecondPerCore.toFixed(0),
    row.microsecondsPerImage.toFixed(0),
    row.ratioToDecode?.toFixed(2) ?? '–',
    row.version,
    row.remarks,
  ];
}
