/** Means of scores over tasks, with their bootstrap intervals. */
import type { ScoreName } from './blocks.js';
import { type Interval, percentileInterval } from './bootstrap.js';
import type { LabelsScoreName } from './labels-scores.js';

/** A score that is one number, of a task of one label or of one of any number. */
type AnyScoreName = ScoreName | LabelsScoreName;

/** The scores of a task, and what each was in each resample, NaN where it had no value. */
export interface TaskResamples {
  scores: Partial<Record<AnyScoreName, number>>;
  replicates: Partial<Record<AnyScoreName, Float64Array>>;
}

/** Means over tasks, all of the same weight: that of averagePrecision is mAP. A score is absent if a task has none. */
export type TaskMeans = Partial<Record<AnyScoreName, number>> & {
  /** Of 95 %; none without resamples. */
  intervals: Partial<Record<AnyScoreName, Interval>>;
};

/** Means over tasks of one kind. Log loss, accuracy and so on of the two kinds are not comparable. */
export interface MeansByKind {
  /** Of the tasks of one label, if there are several. */
  mean?: TaskMeans;
  /** Of the tasks of any number of labels, if there are several. */
  labelsMean?: TaskMeans;
}

/**
 * The means of the scores that all tasks of a kind have. Each task's images were drawn by themselves, so in each resample the mean is
 * that of the tasks' resamples.
 *
 * @param scored each with the same number of resamples
 */
export function meansOf(scored: readonly TaskResamples[]): MeansByKind {
  const isOfLabels = ({ replicates }: TaskResamples) => 'meanAveragePrecision' in replicates;
  const own = scored.filter((task) => !isOfLabels(task));
  const ofLabels = scored.filter(isOfLabels);
  return {
    ...(own.length > 1 && { mean: meanOf(own) }),
    ...(ofLabels.length > 1 && { labelsMean: meanOf(ofLabels) }),
  };
}

function meanOf(scored: readonly TaskResamples[]): TaskMeans {
  const [first] = scored as [TaskResamples];
  const names = (Object.keys(first.replicates) as AnyScoreName[]).filter((name) =>
    scored.every(({ scores }) => scores[name] !== undefined),
  );
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const intervals = names.flatMap((name) => {
    const means = first.replicates[name]?.map((_, round) =>
      mean(scored.map(({ replicates }) => replicates[name]?.[round] as number)),
    );
    const interval = means && percentileInterval(means);
    return interval === undefined ? [] : [[name, interval] as const];
  });
  return {
    ...Object.fromEntries(
      names.map((name) => [name, mean(scored.map(({ scores }) => scores[name] as number))]),
    ),
    intervals: Object.fromEntries(intervals),
  };
}
