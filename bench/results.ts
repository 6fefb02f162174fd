/** Computes the rows of the table from the rates of the rounds. */
import { type Load, loads } from './job.js';

/** The measurements of one trial. */
export interface Trial {
  contender: string;
  load: Load;
  threads: number;
  /** Images a second, one rate for each round. */
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
  /** The difference of the largest and the smallest rate, over the median. */
  spread: number;
  imagesPerSecondPerCore: number;
  /** Time of one thread, or core, for an image. */
  microsecondsPerImage: number;
  /**
   * Time for an image over the time in which libjpeg-turbo decodes it, on as many threads. It is the median of the
   * ratios within each round, which a slower machine does not change. Null without a trial of the decode.
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

/** The rows of trials with the same rounds, in their order. `yardstick` is the contender whose time is 1 for every load. */
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
