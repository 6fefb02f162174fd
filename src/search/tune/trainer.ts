/** Trains the jobs of a search: one after another in this process, or several at once in processes of their own. */
import path from 'node:path';
import { type Manifest, saveManifest } from '../../dataset/index.js';
import { isClaimed } from '../../disk/index.js';
import type { TrainProgress } from '../../training/index.js';
import { type JobEvent, runJobs } from '../../workers/index.js';
import type { Scored } from './log.js';
import { trainTrial } from './run.js';
import type { TrialMessage } from './trial-job.js';
import {
  imagesFolder,
  jobFolder,
  jobName,
  jobNamed,
  ownRunOf,
  type SearchPlan,
  type TrialJob,
} from './trial-jobs.js';

/** What a {@link Trainer} is asked for. */
export interface Training {
  /**
   * The next job that nobody does; undefined where there is none until one that is done has its scores.
   *
   * @param isDone whether it is done or was done by this trainer
   */
  next(isDone: (job: TrialJob) => boolean): Promise<TrialJob | undefined>;
  onProgress(job: TrialJob, progress: TrainProgress): void;
  /** Called with the scores of a job before the next one is asked for. */
  onScored(job: TrialJob, scored: Scored): Promise<void>;
  /** Aborting saves what is trained, and rejects with the signal's reason. */
  signal: AbortSignal;
}

export type Trainer = (training: Training) => Promise<void>;

/** Trains in this process. */
export const trainHere =
  (plan: SearchPlan, manifest: Manifest): Trainer =>
  async ({ next, onProgress, onScored, signal }) => {
    for (let job = await next(isNever); job !== undefined; job = await next(isNever)) {
      signal.throwIfAborted();
      const own = job;
      const { drawn: _, ...run } = await ownRunOf(plan, own);
      const scored = await trainTrial({
        ...run,
        ...{ manifest, task: plan.task, signal },
        onProgress: (progress) => onProgress(own, progress),
      });
      await onScored(own, scored);
    }
  };

const isNever = () => false;

/** Trains in `workers` processes at once. */
export const trainByWorkers =
  (plan: SearchPlan, manifest: Manifest, workers: number): Trainer =>
  async ({ next, onProgress, onScored, signal }) => {
    await saveManifest(manifest, imagesFolder(plan));
    await runJobs({
      jobs: {
        async next(own) {
          const job = await next((each) => own.has(jobName(each)));
          if (job === undefined) {
            return undefined;
          }
          const folder = jobFolder(plan, job);
          // Its process may outlive a call that was killed, until it has saved.
          return (await isClaimed(folder)) ? 'later' : { name: jobName(job), folder };
        },
      },
      ...{ workers, signal, request: plan },
      module: new URL(`./trial-job${path.extname(import.meta.url)}`, import.meta.url).href,
      async onMessage({ name }, received) {
        const message = received as TrialMessage;
        if (message.event === 'training') {
          onProgress(jobNamed(name), message.progress);
        } else if (message.event === 'scored') {
          await onScored(jobNamed(name), message.scored);
        }
      },
      onEvent: warnOfLoss,
    });
  };

function warnOfLoss(event: JobEvent): void {
  if (event.what === 'lost') {
    const sentence = `Its process was ended by ${event.how}; another one goes on from its checkpoint`;
    process.emitWarning(`Trial ${event.job.name}: ${sentence}`, { code: 'BOBBIN_TUNE' });
  }
}
