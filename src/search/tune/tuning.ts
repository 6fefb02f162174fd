/** The work of a search: its trials one after another, the check of the best one, and the time for both. */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Manifest } from '../../dataset/index.js';
import { ifPresent, writing } from '../../disk/index.js';
import { InvalidInputError } from '../../errors.js';
import type { Log } from '../log.js';
import { bestJob, type Job, nextJob, type RungResult } from './asha.js';
import type { CheckLine, LogLine, Scored, TrialLine } from './log.js';
import type { Tuned, TuneRequest } from './options.js';
import { type TrialRun, trainTrial } from './run.js';
import { drawTrial, type Search } from './space.js';
import { rungResults, trialLines } from './table.js';

interface TuningParts {
  request: TuneRequest;
  search: Search;
  /** The training images, in folds. */
  images: Manifest & { folds: number };
  /** Of the log and the runs. */
  folder: string;
  /** The epochs of each rung. */
  rungs: readonly number[];
  log: Log<LogLine>;
  seed: number;
  fold: number;
}

/** What differs from run to run of a search. */
type OwnRun = Omit<TrialRun, 'manifest' | 'task' | 'signal' | 'onProgress'>;

/** Trials where neither their number nor a time is given. */
const usualTrials = 16;

/** Starting a run and tracing its steps take time besides that of the epochs. */
const overhead = 1.15;

export class Tuning {
  private readonly began = performance.now();
  /** Of earlier calls. */
  private readonly secondsBefore: number;
  /** How many trials there shall be at most. */
  private readonly most: number;

  constructor(private readonly parts: TuningParts) {
    const { request, log } = parts;
    const { trials, budgetSeconds, deadline } = request;
    const hasTime = budgetSeconds !== undefined || deadline !== undefined;
    this.most = trials ?? (hasTime ? Number.POSITIVE_INFINITY : usualTrials);
    this.secondsBefore = log.lines.reduce((sum, { seconds }) => sum + seconds, 0);
  }

  get rungs(): number {
    return this.parts.rungs.length;
  }

  /** At least the first trial has a loss. */
  get best(): number {
    return bestJob(this.results)?.trial ?? 0;
  }

  /** Undefined where the first trial is the best, or time was over before. */
  get check(): Tuned['check'] {
    const [first, best] = [0, this.best].map((trial) => this.checkOf(trial));
    return this.best > 0 && first && best ? { first: first.loss, best: best.loss } : undefined;
  }

  /** Trains and checks; false if time was over before all trials were done. */
  async toEnd(): Promise<boolean> {
    const finished = await this.trainAll();
    // The time for the check is kept free; only a call that came too late lacks it.
    if (this.best > 0 && this.secondsLeft > this.checkSeconds / 2) {
      await this.checkTrial(0);
      await this.checkTrial(this.best);
    }
    if (finished) {
      await this.keepRuns([bestJob(this.results)]);
    }
    return finished;
  }

  private async trainAll(): Promise<boolean> {
    for (;;) {
      const job = await this.prepared();
      if (job === undefined) {
        return true;
      }
      if (!(await this.train(job))) {
        return false;
      }
    }
  }

  private get results(): RungResult[][] {
    return rungResults(this.parts.log.lines, this.rungs);
  }

  /** The next job, when runs that are no longer needed are removed. A kill may have come before that or within. */
  private async prepared(): Promise<Job | undefined> {
    const { results } = this;
    const unborn = results[0]?.length ?? 0;
    const job = nextJob(results, unborn < this.most ? unborn : undefined);
    await this.keepRuns([job, bestJob(results)]);
    return job;
  }

  private async keepRuns(jobs: readonly (Job | undefined)[]): Promise<void> {
    const runs = path.join(this.parts.folder, 'trials');
    const kept = jobs.map((job) => job && runName(job));
    for (const name of (await ifPresent(readdir(runs))) ?? []) {
      if (runPattern.test(name) && !kept.includes(name)) {
        await removeRun(path.join(runs, name));
      }
    }
  }

  /** False if the job does not fit into the time, or time was over within it. */
  private async train(job: Job): Promise<boolean> {
    const { log, rungs, folder, seed, fold, request } = this.parts;
    const { trial, rung } = job;
    const epochs = rungs[rung] as number;
    const left = this.secondsLeft - this.checkSeconds;
    // Without the first result no time can be estimated, and there is nothing to return.
    const isFirst = log.lines.length === 0;
    if (!isFirst && left < epochs * this.pace(trial)) {
      return false;
    }
    const timeIsOver = isFirst ? undefined : timeout(left);
    const { drawn, options } = await drawTrial(trial, this.parts.search);
    const run = path.join(folder, 'trials', runName(job));
    try {
      const own = { trial, options, seed, fold, run, epochs, isCheck: false };
      const scored = await this.trained(own, timeIsOver);
      if (trial === 0 && scored.reason !== undefined) {
        throw new InvalidInputError(scored.reason);
      }
      await this.add({ event: 'trial', rung, epochs, drawn, ...scored });
      return true;
    } catch (error) {
      if (timeIsOver?.aborted && request.signal?.aborted !== true && error === timeIsOver.reason) {
        return false;
      }
      throw error;
    }
  }

  /** Trains a trial again, with the next seed and the next fold, unless an earlier call has. */
  private async checkTrial(trial: number): Promise<void> {
    const { search, folder, rungs, images, seed, fold } = this.parts;
    const run = path.join(folder, 'check', runName({ trial, rung: rungs.length - 1 }));
    if (this.checkOf(trial) === undefined) {
      const { options } = await drawTrial(trial, search);
      const other = { seed: seed + 1, fold: (fold + 1) % images.folds };
      const epochs = rungs.at(-1) as number;
      const own = { trial, options, ...other, run, epochs, isCheck: true };
      const scored = await this.trained(own);
      await this.add({ event: 'check', ...scored });
    }
    await removeRun(run);
  }

  private checkOf(trial: number): CheckLine | undefined {
    return this.parts.log.lines.find(
      (line): line is CheckLine => line.event === 'check' && line.trial === trial,
    );
  }

  private async trained(
    { isCheck, ...own }: OwnRun & { isCheck: boolean },
    timeIsOver?: AbortSignal,
  ): Promise<Scored> {
    const { request, images } = this.parts;
    const { task, signal, onProgress } = request;
    const signals = [signal, timeIsOver].filter((each) => each !== undefined);
    return await trainTrial({
      ...own,
      ...{ manifest: images, task, signal: AbortSignal.any(signals) },
      onProgress: (progress) => {
        const left = this.secondsLeft;
        const secondsLeft = Number.isFinite(left) ? left : undefined;
        onProgress?.({ ...progress, secondsLeft, trial: own.trial, isCheck });
      },
    });
  }

  private async add(line: TrialLine | CheckLine): Promise<void> {
    await this.parts.log.add(line);
    this.parts.request.onResult?.(line);
  }

  /** Of the budget and of this call, whichever ends first. */
  private get secondsLeft(): number {
    const { budgetSeconds = Number.POSITIVE_INFINITY, deadline = Number.POSITIVE_INFINITY } =
      this.parts.request;
    const used = this.secondsBefore + (performance.now() - this.began) / 1000;
    return Math.min(budgetSeconds - used, (deadline - Date.now()) / 1000);
  }

  /** What the check of the best trial will take. */
  private get checkSeconds(): number {
    const epochs = this.parts.rungs.at(-1) as number;
    const known = this.checkOf(0) === undefined ? this.pace(0) : 0;
    return this.most === 1 ? 0 : epochs * (known + this.pace(this.best));
  }

  /** Expected seconds of an epoch of a trial: as its own so far, else as the mean of all. */
  private pace(trial: number): number {
    const lines = trialLines(this.parts.log.lines).filter(({ seconds }) => seconds > 0);
    const own = lines.filter((line) => line.trial === trial);
    const counted = own.length > 0 ? own : lines;
    const epochs = counted.reduce((sum, line) => sum + line.epochs, 0);
    const seconds = counted.reduce((sum, line) => sum + line.seconds, 0);
    return epochs === 0 ? 0 : (overhead * seconds) / epochs;
  }
}

/** The folder of a run: trial and rung. */
const runName = ({ trial, rung }: Job): string => `${`${trial}`.padStart(4, '0')}-${rung}`;
const runPattern = /^\d{4,}-\d+$/;

const removeRun = (run: string): Promise<void> =>
  writing(run, () => rm(run, { recursive: true, force: true }));

/** Aborted after so many seconds, of which there may be no end. */
const timeout = (seconds: number): AbortSignal =>
  AbortSignal.timeout(Math.ceil(Math.min(2 ** 31 - 1, 1000 * Math.max(0, seconds))));
