/** What differs between the options of runs. */
import { optionText } from './format.js';
import type { TrainedRun } from './read-runs.js';

/** An option whose values differ, with one value, or several, for each group of runs. */
export interface Difference {
  option: string;
  values: string[];
}

/** The options with other values in one of the groups than in another one, in the order of their files. */
export function differencesOf(
  runs: readonly TrainedRun[],
  groups: readonly string[],
): Difference[] {
  const names = new Set(runs.flatMap(({ options }) => [...options.keys()]));
  return [...names]
    .map((option) => ({
      option,
      values: groups.map((group) =>
        valuesIn(
          runs.filter((run) => run.group === group),
          option,
        ),
      ),
    }))
    .filter(({ values }) => new Set(values).size > 1);
}

/** The value of the runs of a group, with their tasks if they have others. */
function valuesIn(runs: readonly TrainedRun[], option: string): string {
  const tasks = new Map<string, string[]>();
  for (const run of runs) {
    const value = optionText(run.options.get(option));
    tasks.set(value, [...(tasks.get(value) ?? []), ...run.tasks]);
  }
  const [[only] = ['–'], ...others] = tasks;
  return others.length === 0
    ? only
    : [...tasks].map(([value, own]) => `${value} (${own.join(', ')})`).join('; ');
}
