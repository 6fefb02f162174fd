/** The work of a search: its trials, the check of the best one, and the time for both. */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Manifest } from '../../dataset/index.js';
import { ifPresent, writing } from '../../disk/index.js';
import { InvalidInputError } from '../../errors.js';
import type { Log } from '../log.js';
import type { Job } from './asha.js';
import type { CheckLine, LogLine, Scored, TrialLine } from './log.js';
import type { Tuned, TuneRequest } from './options.js';
import { drawTrial } from './space.js';
import { SearchState } from './state.js';
import { type Trainer, type Training, trainByWorkers, trainHere } from './trainer.js';
import { runName, runPattern, type SearchPlan, type TrialJob } from './trial-jobs.js';

interface TuningParts {
  request: TuneRequest;
  plan: SearchPlan;
  /** The training images, in folds. */
  images: Manifest;
  log: Log<LogLine>;
}

/** Trials where neither their number nor a time is given. */
const usualTrials = 16;

export class Tuning {
  private readonly began = performance.now();
  private readonly state: SearchState;
  /** Seconds of earlier calls. */
  private readonly secondsBefore: number;
  /** How many trials there shall be at most. */
  private readonly most: number;
  private readonly train: Trainer;
  /** Whether a job was not begun since it does not fit into the time. */
  private isShort = false;

  constructor(private readonly parts: TuningParts) {
    const { request, log, plan, images } = parts;
    const { trials, budgetSeconds, deadline, workers } = request;
    const hasTime = budgetSeconds !== undefined || deadline !== undefined;
    this.most = trials ?? (hasTime ? Number.POSITIVE_INFINITY : usualTrials);
    const how = { most: this.most, inProcesses: workers !== undefined };
    this.state = new SearchState(log.lines, plan.rungs.length, how);
    this.secondsBefore = this.state.used;
    this.train =
      workers === undefined ? trainHere(plan, images) : trainByWorkers(plan, images, workers);
  }

  get rungs(): number {
    return this.parts.plan.rungs.length;
  }

  get best(): number {
    return this.state.best;
  }

  /** Undefined where the first trial is the best, or time was over before. */
  get check(): Tuned['check'] {
    const [first, best] = [0, this.best].map((trial) => this.state.checkOf(trial));
    return this.best > 0 && first && best ? { first: first.loss, best: best.loss } : undefined;
  }

  /** Trains and checks; false if time was over before all trials were done. */
  async toEnd(): Promise<boolean> {
    const finished = await this.trainAll();
    // The time for the check is kept free; only a call that came too late lacks it.
    if (this.best > 0 && this.secondsLeft > this.checkSeconds / 2) {
      await this.checkTrials();
    }
    if (finished) {
      await this.keepRuns([this.state.bestJob]);
    }
    return finished;
  }

  /** False if a trial does not fit into the time, or time was over within one. */
  private async trainAll(): Promise<boolean> {
    const time = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const limit = () => {
      clearTimeout(timer);
      // Without the first result no time can be estimated, and there is nothing to return.
      const left = this.secondsLeft - this.checkSeconds;
      if (this.state.hasResult && left < longest) {
        timer = setTimeout(() => time.abort(), 1000 * Math.max(0, left));
      }
    };
    try {
      await this.train({
        ...this.told(time.signal),
        next: async (isDone) => {
          limit();
          return await this.next(isDone);
        },
      });
      return !this.isShort;
    } catch (error) {
      if (this.parts.request.signal?.aborted !== true && error === time.signal.reason) {
        return false;
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The next trial. Removes runs that are no longer needed, also those that a killed call left. */
  private async next(isDone: (job: TrialJob) => boolean): Promise<TrialJob | undefined> {
    const { state } = this;
    const job = state.next((each) => isDone({ ...each, isCheck: false }));
    const fits = job === undefined || this.fits(job);
    this.isShort ||= !fits;
    if (job !== undefined && fits && state.begun.every((each) => runName(each) !== runName(job))) {
      // Before any other result is in the log: the lines above it have decided.
      const { trial, rung } = job;
      await this.parts.log.add({ event: 'begun', trial, rung, used: this.used });
    }
    await this.keepRuns([...state.begun, job, state.bestJob]);
    return job && fits ? { ...job, isCheck: false } : undefined;
  }

  /** Whether a trial fits into the time. Of the first ones nobody knows. */
  private fits({ trial, rung }: Job): boolean {
    const epochs = this.parts.plan.rungs[rung] as number;
    const left = this.secondsLeft - this.checkSeconds;
    return !this.state.hasResult || left >= epochs * this.state.pace(trial);
  }

  /** Trains the first trial and the best again, with the next seed and the next fold, unless an earlier call has. */
  private async checkTrials(): Promise<void> {
    const rung = this.rungs - 1;
    const jobs = [0, this.best].map((trial) => ({ trial, rung, isCheck: true }));
    const next: Training['next'] = async (isDone) =>
      jobs.find((job) => !isDone(job) && this.state.checkOf(job.trial) === undefined);
    await this.train({ ...this.told(), next });
    for (const job of jobs) {
      await removeRun(path.join(this.parts.plan.folder, 'check', runName(job)));
    }
  }

  /** What the caller hears of trainings, and how it ends them. */
  private told(timeIsOver?: AbortSignal): Omit<Training, 'next'> {
    const { signal, onProgress } = this.parts.request;
    const signals = [signal, timeIsOver].filter((each) => each !== undefined);
    return {
      signal: AbortSignal.any(signals),
      onProgress: ({ trial, isCheck }, progress) => {
        const left = this.secondsLeft;
        const secondsLeft = Number.isFinite(left) ? left : undefined;
        onProgress?.({ ...progress, secondsLeft, trial, isCheck });
      },
      onScored: (job, scored) => this.add(job, scored),
    };
  }

  private async add({ trial, rung, isCheck }: TrialJob, scored: Scored): Promise<void> {
    const { log, plan, request } = this.parts;
    if (trial === 0 && !isCheck && scored.reason !== undefined) {
      throw new InvalidInputError(scored.reason);
    }
    const { used } = this;
    const line: TrialLine | CheckLine = isCheck
      ? { event: 'check', ...scored, used }
      : {
          ...{ event: 'trial', rung, epochs: plan.rungs[rung] as number },
          drawn: (await drawTrial(trial, plan.search)).drawn,
          ...scored,
          used,
        };
    await log.add(line);
    request.onResult?.(line);
  }

  private async keepRuns(jobs: readonly (Job | undefined)[]): Promise<void> {
    const runs = path.join(this.parts.plan.folder, 'trials');
    const kept = jobs.map((job) => job && runName(job));
    for (const name of (await ifPresent(readdir(runs))) ?? []) {
      if (runPattern.test(name) && !kept.includes(name)) {
        await removeRun(path.join(runs, name));
      }
    }
  }

  /** Seconds of all calls. */
  private get used(): number {
    return Number((this.secondsBefore + (performance.now() - this.began) / 1000).toFixed(3));
  }

  /** Of the budget and of this call, whichever ends first. */
  private get secondsLeft(): number {
    const { budgetSeconds = Number.POSITIVE_INFINITY, deadline = Number.POSITIVE_INFINITY } =
      this.parts.request;
    return Math.min(budgetSeconds - this.used, (deadline - Date.now()) / 1000);
  }

  /** What the check of the best trial will take. */
  private get checkSeconds(): number {
    if (this.most === 1) {
      return 0;
    }
    const { workers = 1 } = this.parts.request;
    const first = this.state.checkOf(0) === undefined ? this.state.pace(0) : 0;
    const best = this.state.pace(this.best);
    const epochs = this.parts.plan.rungs.at(-1) as number;
    return epochs * (workers > 1 ? Math.max(first, best) : first + best);
  }
}

/** The longest timer of Node, in seconds. */
const longest = 2 ** 31 / 1000 - 1;

const removeRun = (run: string): Promise<void> =>
  writing(run, () => rm(run, { recursive: true, force: true }));
