/** Runs jobs on several local processes at once, beside other calls and machines that do the same in a shared folder. */
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { InvalidInputError } from '../errors.js';
import { sharedGpus } from './gpus.js';
import { type Job, JobList, type JobSource, type ListedJob } from './job-list.js';
import { beatSeconds, type FromWorker, type Order, type ToWorker } from './messages.js';
import { type End, endInWords, WorkerProcess } from './worker-process.js';

export type { JobContext } from './messages.js';

/**
 * What became of a job. `begun` and `finished`: by this call. `found`: another call has finished it, before or meanwhile. `lost`: its process
 * ended too early, and another one goes on. `taken`: its process stood still for so long that another call took it over.
 */
export type JobEvent =
  | { what: 'begun' | 'finished' | 'found' | 'taken'; job: Job }
  | { what: 'lost'; job: Job; how: string };

/** What {@link runJobs} is called with. */
export interface JobsRequest extends Pick<Order, 'module' | 'request'> {
  jobs: readonly ListedJob[] | JobSource;
  /** Processes at once. */
  workers: number;
  /** Aborting stops the workers and rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called with what a job tells or asks, one message of a job after another. */
  onMessage?(job: Job, message: unknown): void | Promise<void>;
  onEvent?(event: JobEvent): void;
  /** Seconds without a sign of life after which a worker is killed. Default 300: a step that is traced is silent. */
  patience?: number;
}

/**
 * Processes of a job that may end too early before the job fails. An epoch that a process finishes sets the count to 0. A crash
 * tends to come again. SIGKILL comes from outside: from a user, or from a system that is short of memory.
 */
const mostLosses = { crashes: 3, kills: 10 };

/** Milliseconds between two looks at jobs that others have: after a job was found, and at most. A folder may be far away. */
const betweenLooks = { first: 1000, most: 15_000 };

const shownLines = 10;

/**
 * Does all jobs, each in a process of its own. A job is claimed by a file in its folder, which the process rewrites every few seconds; a
 * job whose process is gone is taken over by another one, also of another machine. Resolves when all are finished, also those that
 * others have.
 *
 * @throws InvalidInputError with a job's name and error when it fails, after the others have saved what they have; the signal's
 *   reason when it is aborted
 */
export async function runJobs(request: JobsRequest): Promise<void> {
  request.signal?.throwIfAborted();
  const call = new Call(request);
  await call.work();
  if (call.failure !== undefined) {
    throw call.failure;
  }
  request.signal?.throwIfAborted();
}

/** The workers of one call. */
class Call {
  failure: Error | undefined;
  private readonly failed = new AbortController();
  private readonly stopped: AbortSignal;
  private readonly source: JobSource;
  /** Names of the jobs that this call does or has finished. */
  private readonly own = new Set<string>();
  private readonly running = new Set<Promise<void>>();
  private wait = betweenLooks.first;
  /** The GPUs, as variables, of workers that have no job. */
  private readonly free: Record<string, string>[];
  /** Processes of a job that ended too early since it got further. */
  private readonly losses = new Map<string, number>();

  constructor(private readonly request: JobsRequest) {
    const { signal, jobs, workers, onEvent } = request;
    this.free = sharedGpus(workers);
    this.stopped = AbortSignal.any([...(signal ? [signal] : []), this.failed.signal]);
    const isSource = 'next' in jobs;
    this.source = isSource ? jobs : new JobList(jobs, (job) => onEvent?.({ what: 'found', job }));
  }

  /** Does one job after another, until all are finished or the work is stopped. */
  async work(): Promise<void> {
    try {
      while (await this.goOn()) {}
    } catch (error) {
      this.fail(error as Error);
    }
    await Promise.all(this.running);
  }

  /** Begins a job, or waits for one; false when nothing is left. */
  private async goOn(): Promise<boolean> {
    if (this.stopped.aborted) {
      return false;
    }
    if (this.running.size === this.request.workers) {
      await Promise.race(this.running);
      return true;
    }
    const job = await this.source.next(this.own);
    if (job === undefined) {
      if (this.running.size === 0) {
        return false;
      }
      await Promise.race(this.running);
      return true;
    }
    if (job === 'later') {
      await this.pause();
      return true;
    }
    this.begin(job);
    return true;
  }

  private begin(job: Job): void {
    this.wait = betweenLooks.first;
    this.own.add(job.name);
    const env = this.free.pop() ?? {};
    const ended = this.run(job, env)
      .catch((error) => this.fail(error))
      .finally(() => {
        this.free.push(env);
        this.running.delete(ended);
      });
    this.running.add(ended);
  }

  /** Waits until a job of this call ends, or for a time that grows. */
  private async pause(): Promise<void> {
    const over = new AbortController();
    const signal = AbortSignal.any([this.stopped, over.signal]);
    const timer = setTimeout(this.wait, undefined, { signal }).catch(() => {});
    this.wait = Math.min(2 * this.wait, betweenLooks.most);
    await Promise.race([timer, ...this.running]);
    over.abort();
  }

  private async run(job: Job, env: Record<string, string>): Promise<void> {
    const { module, request, onEvent } = this.request;
    const process = await WorkerProcess.start({ words: words(), env, log: logOf(job) });
    const last = this.listen(process, job);
    const stop = () => process.send({ kind: 'stop' } satisfies ToWorker);
    this.stopped.addEventListener('abort', stop, { once: true });
    const { name, folder } = job;
    process.send({ kind: 'begin', order: { module, request, name, folder } } satisfies ToWorker);
    if (this.stopped.aborted) {
      stop();
    }
    const end = await process.ended;
    this.stopped.removeEventListener('abort', stop);
    const { message, hasBegun } = await last();
    if (message?.kind === 'finished') {
      onEvent?.({ what: 'finished', job });
      return;
    }
    this.own.delete(name);
    if (message?.kind === 'taken' && hasBegun) {
      onEvent?.({ what: 'taken', job });
    } else if (message?.kind === 'failed') {
      const { name: kind, message: said } = message;
      const text = `${name}: ${said}`;
      throw kind === 'InvalidInputError' ? new InvalidInputError(text) : new Error(text);
    } else if (message === undefined && !this.stopped.aborted) {
      await this.lose(job, process, end);
    }
  }

  /** Hears a worker, and kills it when it is silent. The result ends that, and gives its last message and whether it began. */
  private listen(process: WorkerProcess, job: Job): () => Promise<Heard> {
    const { patience = 300 } = this.request;
    let message: FromWorker | undefined;
    let hasBegun = false;
    let taken = Promise.resolve();
    let silent = 0;
    // Counts its own beats, so that a machine that slept does not blame the worker.
    const watch = setInterval(() => {
      silent += beatSeconds;
      if (silent > patience) {
        process.kill('SIGKILL');
      }
    }, 1000 * beatSeconds);
    process.onMessage((received) => {
      const heard = received as FromWorker;
      silent = 0;
      hasBegun ||= heard.kind === 'begun';
      if (isEnd(heard)) {
        message = heard;
      } else {
        taken = taken.then(() => this.take(heard, job, process));
        taken.catch((error) => this.fail(error));
      }
    });
    return async () => {
      clearInterval(watch);
      await taken;
      return { message, hasBegun };
    };
  }

  private async take(message: FromWorker, job: Job, process: WorkerProcess): Promise<void> {
    const { onMessage, onEvent } = this.request;
    switch (message.kind) {
      case 'begun':
        onEvent?.({ what: 'begun', job });
        break;
      case 'tell':
        if (message.isProgress) {
          this.losses.delete(job.name);
        }
        await onMessage?.(job, message.message);
        break;
      case 'ask':
        await onMessage?.(job, message.message);
        process.send({ kind: 'answer', id: message.id } satisfies ToWorker);
        break;
      case 'warning':
        warn(job, message);
        break;
    }
  }

  private fail(error: Error): void {
    // What fails while an aborted call ends is due to that.
    if (this.request.signal?.aborted !== true) {
      this.failure ??= error;
    }
    this.failed.abort();
  }

  private async lose(job: Job, process: WorkerProcess, end: End): Promise<void> {
    const losses = (this.losses.get(job.name) ?? 0) + 1;
    this.losses.set(job.name, losses);
    const how = endInWords(end);
    if (losses < (end.signal === 'SIGKILL' ? mostLosses.kills : mostLosses.crashes)) {
      this.request.onEvent?.({ what: 'lost', job, how });
      return;
    }
    const lines = (await process.lastLines(shownLines)).join('\n');
    throw new Error(
      `${job.name}: ${losses} processes ended one after another, the last by ${how}, and none got further. The end of ${process.log}: ${lines}`,
    );
  }
}

interface Heard {
  message: FromWorker | undefined;
  hasBegun: boolean;
}

const isEnd = ({ kind }: FromWorker): boolean =>
  ['finished', 'failed', 'stopped', 'taken'].includes(kind);

const logOf = (job: Job): string => path.join(job.folder, 'log.txt');

/** This module is a `.ts` file where it is not compiled, and node then runs it with the loaders of this process. */
function words(): string[] {
  const own = fileURLToPath(import.meta.url);
  const entry = path.join(path.dirname(own), `job-process${path.extname(own)}`);
  const loaders = process.execArgv.flatMap((word, index, all) => {
    const isLoader = /^(--import|--require|-r|--loader)$/.test(word);
    return isLoader ? [word, all[index + 1] as string] : [];
  });
  return [
    ...loaders,
    ...process.execArgv.filter((word) => /^--(import|require|loader)=/.test(word)),
    entry,
  ];
}

const warn = ({ name }: Job, { message, code }: { message: string; code: string }) =>
  process.emitWarning(`${name}: ${message}`, { code });
