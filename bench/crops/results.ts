/** Turns the outcomes of prediction by windows into a table, and says how near it comes to the bare pass. */
import { textTable } from '../../src/report/index.js';
import { median } from '../results.js';
import { type CropsOutcome, type Way, ways } from './job.js';

/** One outcome of each way. */
export type CropsRound = Record<Way, CropsOutcome>;

export interface CropsRow {
  way: Way;
  /** Medians over the rounds. */
  imagesPerSecond: number;
  cpuMs: number;
  /** CPU time over the time of all cores, 0…1. */
  busy: number;
  /** Rate divided by the bare pass's of the same round, smallest, median and largest; and the same of the CPU time. */
  ratio: Spread;
  cpuRatio: Spread;
}

export interface Spread {
  least: number;
  median: number;
  most: number;
}

const spreadOf = (values: number[]): Spread => ({
  least: Math.min(...values),
  median: median(values),
  most: Math.max(...values),
});

/** A row for each way; all rounds have run on `cores` cores. */
export function cropsRowsOf(rounds: readonly CropsRound[], cores: number): CropsRow[] {
  return ways.map((way) => {
    const own = rounds.map((round) => round[way]);
    const ratioBy = (key: 'ms' | 'cpuMs') =>
      spreadOf(rounds.map((round) => round['bare pass'][key] / round[way][key]));
    return {
      way,
      imagesPerSecond: median(own.map(({ ms }) => 1000 / ms)),
      cpuMs: median(own.map(({ cpuMs }) => cpuMs)),
      busy: median(own.map(({ ms, cpuMs }) => cpuMs / ms / cores)),
      ratio: ratioBy('ms'),
      cpuRatio: ratioBy('cpuMs'),
    };
  });
}

const shown = ({ least, median: middle, most }: Spread): string =>
  `${middle.toFixed(3)} (${least.toFixed(3)}–${most.toFixed(3)})`;

/** The table of {@link cropsRowsOf}. */
export const cropsTable = (rows: readonly CropsRow[]): string =>
  textTable(
    ['', 'images/s', 'CPU, ms', 'cores busy', '× bare pass', '× bare pass by CPU'],
    rows.map(({ way, imagesPerSecond, cpuMs, busy, ratio, cpuRatio }) => [
      way,
      imagesPerSecond.toFixed(2),
      cpuMs.toFixed(1),
      `${(100 * busy).toFixed(0)} %`,
      ...(way === 'images alone' ? ['–', '–'] : [shown(ratio), shown(cpuRatio)]),
    ]),
  );

/**
 * The most of the bare pass's rate that can be left where reading, decoding and cropping need cores, too: they run in the time that
 * the pass leaves, and beyond that the pass waits for them.
 */
export function bestRatio(rounds: readonly CropsRound[], cores: number): number {
  return median(
    rounds.map(({ 'bare pass': bare, 'images alone': images }) =>
      Math.min(1, (cores * bare.ms) / (bare.cpuMs + images.cpuMs)),
    ),
  );
}
