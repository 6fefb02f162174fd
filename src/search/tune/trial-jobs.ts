/** The trainings of a search as jobs: their names, their places, and what each is trained with. */
import path from 'node:path';
import type { Job } from './asha.js';
import type { TrialRun } from './run.js';
import { type Drawn, drawTrial, type Search } from './space.js';

/** A trial at a rung; a check is trained with another seed and other images held back. */
export interface TrialJob extends Job {
  isCheck: boolean;
}

/** What the trainings of a search have in common. A process of its own can get it. */
export interface SearchPlan {
  task: string;
  search: Search;
  /** Of the log, the runs and the jobs. */
  folder: string;
  /** The epochs of each rung. */
  rungs: readonly number[];
  /** Folds of the training images. */
  folds: number;
  seed: number;
  fold: number;
}

/** The folder of a run, by trial and rung. */
export const runName = ({ trial, rung }: Job): string => `${`${trial}`.padStart(4, '0')}-${rung}`;
export const runPattern = /^\d{4,}-\d+$/;

const checked = 'check-';

export const jobName = (job: TrialJob): string => `${job.isCheck ? checked : ''}${runName(job)}`;

/** The reverse of {@link jobName}. */
export function jobNamed(name: string): TrialJob {
  const isCheck = name.startsWith(checked);
  const [trial, rung] = (isCheck ? name.slice(checked.length) : name).split('-').map(Number);
  return { trial: trial as number, rung: rung as number, isCheck };
}

/** Where a job is claimed, and where its log is. */
export const jobFolder = ({ folder }: SearchPlan, job: TrialJob): string =>
  path.join(folder, 'jobs', jobName(job));

/** The training images in their folds, as a data set for other processes. */
export const imagesFolder = ({ folder }: SearchPlan): string => path.join(folder, 'images');

/** What differs from run to run of a search. */
export type OwnRun = Omit<TrialRun, 'manifest' | 'task' | 'signal' | 'onProgress' | 'onEpoch'>;

export async function ownRunOf(
  { search, folder, rungs, folds, seed, fold }: SearchPlan,
  job: TrialJob,
): Promise<OwnRun & { drawn: Drawn }> {
  const { trial, rung, isCheck } = job;
  const { drawn, options } = await drawTrial(trial, search);
  const run = path.join(folder, isCheck ? 'check' : 'trials', runName(job));
  const held = isCheck ? { seed: seed + 1, fold: (fold + 1) % folds } : { seed, fold };
  return { trial, drawn, options, ...held, run, epochs: rungs[rung] as number };
}
