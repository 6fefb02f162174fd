/** From the rounds' rates to rows: median, spread, images a second per core, time an image and the ratio to the bare decode. */
import { type Load, loads } from './job.js';

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
  trial: (typeof loads)[Load];
  contender: string;
  threads: number;
  /** Median over the rounds. */
  imagesPerSecond: number;
  /** Largest less smallest, over the median. */
  spread: number;
  imagesPerSecondPerCore: number;
  /** Time of one thread, or core, an image. */
  microsecondsPerImage: number;
  /**
   * Time of an image over the time libjpeg-turbo needs to decode it, on as many threads: the median of
   * the rounds' own ratios, in which a machine that slows down cancels. Null without the decode.
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

/** Rows in the trials' order, which have the same rounds; `yardstick` names the contender whose time is 1 for every load. */
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
