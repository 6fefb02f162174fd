/** The flags that name trained runs: one, or several whose probabilities are averaged. */
import type { Command } from 'commander';
import { expected } from '../errors.js';
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
          'run of train, or the folder of several; repeat it to average classifiers',
        ).makeOptionMandatory(),
      )
      .option(
        '--weights <list>',
        'one weight for each run, separated by commas (default: all 1)',
        numbers,
      )
  );
}

/** @throws InvalidInputError unless there is one weight for each run */
export function checkWeights({ run, weights }: RunFlags): void {
  if (weights !== undefined && weights.length !== run.length) {
    throw expected(`one number per --run, ${run.length},`, '--weights', weights);
  }
}

function numbers(list: string): number[] {
  const values = list.split(',').map((word) => (word.trim() === '' ? Number.NaN : Number(word)));
  if (values.some((value) => !Number.isFinite(value) || value < 0)) {
    throw expected('numbers of at least 0, separated by commas,', '--weights', list);
  }
  return values;
}
