/** Means of scores over tasks, with their bootstrap intervals. */
import { type ScoreName, scoreNames } from './blocks.js';
import { type Interval, percentileInterval } from './bootstrap.js';
import type { MainScores, ResampledScores } from './scores.js';

/** Means over tasks, all of the same weight: that of averagePrecision is mAP. A score is absent if a task has none. */
export type TaskMeans = Partial<Record<ScoreName, number>> & {
  /** Of 95 %; none without resamples. */
  intervals: Partial<Record<ScoreName, Interval>>;
};

/**
 * The means of the scores that all tasks have. Each task's images were drawn by themselves, so in each resample the mean is that of the
 * tasks' resamples.
 *
 * @param scored of one task or more, each with the same number of resamples
 */
export function meansOf(scored: readonly ResampledScores<MainScores>[]): TaskMeans {
  const names = scoreNames.filter((name) =>
    scored.every(({ scores }) => scores[name] !== undefined),
  );
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const intervals = names.flatMap((name) => {
    const [first] = scored as [ResampledScores<MainScores>];
    const means = first.replicates[name].map((_, round) =>
      mean(scored.map(({ replicates }) => replicates[name][round] as number)),
    );
    const interval = percentileInterval(means);
    return interval === undefined ? [] : [[name, interval] as const];
  });
  return {
    ...Object.fromEntries(
      names.map((name) => [name, mean(scored.map(({ scores }) => scores[name] as number))]),
    ),
    intervals: Object.fromEntries(intervals),
  };
}
