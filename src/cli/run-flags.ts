/** The flags that name trained runs: one, or several whose probabilities are averaged. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { expected, givenTwice } from '../errors.js';
import { RepeatableFlag } from './usage/command.js';

export interface RunFlags {
  run: string[];
  /** One for each run. */
  weights?: number[];
}

/** Adds `--run`, which may be repeated, and `--weights`. */
export function addRunFlags(command: Command): Command {
  return (
    command
      // Not variadic, which would read the arguments that follow as runs.
      .addOption(
        new RepeatableFlag(
          '--run <folder>',
          'run of train, or the folder of the runs of several tasks; repeat it to average runs',
        ).makeOptionMandatory(),
      )
      .option(
        '--weights <list>',
        'one weight for each run, separated by commas (default: all 1)',
        numbers,
      )
  );
}

/** @throws InvalidInputError unless each run is given alone and once, with one weight for each */
export function checkRuns({ run, weights }: RunFlags): void {
  const repeated = run.find((each, index) => run.slice(0, index).some((one) => isSame(one, each)));
  if (repeated !== undefined) {
    throw givenTwice(`--run ${repeated}`);
  }
  for (const each of run) {
    const parts = each.split(',');
    if (parts.length > 1 && !existsSync(each) && parts.every((part) => existsSync(part))) {
      const remedy = `To average runs, repeat it: ${parts.map((part) => `--run ${part}`).join(' ')}`;
      throw expected('one folder', '--run', each, remedy);
    }
  }
  if (weights !== undefined && weights.length !== run.length) {
    const what = run.length === 1 ? '1 number' : `${run.length} numbers, one for each --run,`;
    throw expected(what, '--weights', weights.length);
  }
}

const isSame = (one: string, other: string) => path.resolve(one) === path.resolve(other);

function numbers(list: string): number[] {
  const values = list.split(',').map((word) => (word.trim() === '' ? Number.NaN : Number(word)));
  if (values.some((value) => !Number.isFinite(value) || value < 0)) {
    throw expected('numbers of at least 0, separated by commas,', '--weights', list);
  }
  return values;
}
