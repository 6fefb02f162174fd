/**
 * Asynchronous successive halving (ASHA, Li et al. 2020, https://arxiv.org/abs/1810.05934, algorithm 2): which trial trains next, and
 * how far. The resource is the number of epochs.
 */

/** Of the trials of a rung, one in so many is promoted to the next. */
export const reduction = 3;

/** What a trial has reached with the epochs of a rung. */
export interface RungResult {
  trial: number;
  /** Infinite where the training failed: such a trial is never promoted. */
  loss: number;
}

export interface Job {
  trial: number;
  /** The rung whose number of epochs it is trained for, from 0. */
  rung: number;
}

/** The epochs of each rung: `most` at the last one, and a third of them at each rung below, as long as that is at least one. */
export function rungsOf(most: number): number[] {
  const rungs: number[] = [];
  for (let epochs = most; epochs >= 1; epochs /= reduction) {
    rungs.unshift(Math.round(epochs));
  }
  return rungs;
}

/**
 * A trial that can be promoted, from the highest rung that has one: it is among the best third of its rung, rounded down, and not at
 * the next rung yet. Without one, `unborn` begins at rung 0.
 *
 * @param results of each rung, from the lowest
 * @param unborn the number of the next new trial; undefined if there shall be none
 * @param begun jobs that have no result yet: they are not begun twice, and do not count in the size of their rung
 */
export function nextJob(
  results: readonly (readonly RungResult[])[],
  unborn: number | undefined,
  begun: readonly Job[] = [],
): Job | undefined {
  for (let rung = results.length - 2; rung >= 0; rung--) {
    const own = results[rung] as readonly RungResult[];
    const above = begun.filter((job) => job.rung === rung + 1);
    const promoted = numbersOf([...(results[rung + 1] as readonly RungResult[]), ...above]);
    const best = ranked(own).slice(0, Math.floor(own.length / reduction));
    const next = best.find(({ trial }) => !promoted.has(trial));
    if (next !== undefined) {
      return { trial: next.trial, rung: rung + 1 };
    }
  }
  return unborn === undefined ? undefined : { trial: unborn, rung: 0 };
}

/** The lowest loss at the highest rung that any trial has reached without a failure; undefined if all have failed. */
export function bestJob(results: readonly (readonly RungResult[])[]): Job | undefined {
  const failed = numbersOf(results.flat().filter(({ loss }) => !Number.isFinite(loss)));
  for (let rung = results.length - 1; rung >= 0; rung--) {
    const own = ranked(results[rung] as readonly RungResult[]);
    const best = own.find(({ trial }) => !failed.has(trial));
    if (best !== undefined) {
      return { trial: best.trial, rung };
    }
  }
  return undefined;
}

/** By ascending loss; of equal ones the earlier trial first. Without those that failed. */
const ranked = (results: readonly RungResult[]): RungResult[] =>
  results
    .filter(({ loss }) => Number.isFinite(loss))
    .sort((a, b) => a.loss - b.loss || a.trial - b.trial);

const numbersOf = (results: readonly Pick<RungResult, 'trial'>[]): Set<number> =>
  new Set(results.map(({ trial }) => trial));
