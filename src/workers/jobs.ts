/** Runs jobs on several local processes at once, beside other calls and machines that do the same in a shared folder. */
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isClaimed } from '../disk/index.js';
import { InvalidInputError } from '../errors.js';
import { beatSeconds, type FromWorker, type Order, type ToWorker } from './messages.js';
import { type End, endInWords, WorkerProcess } from './worker-process.js';

export type { JobContext } from './messages.js';

/** A piece of work that nobody has to wait for before another one begins. */
export interface Job {
  /** Differs from job to job. */
  name: string;
  /** Folder in which it is claimed, and whose `log.txt` gets what its processes print. */
  folder: string;
  isFinished(): boolean | Promise<boolean>;
}

/** What became of a job: this call began or finished it, or its process ended too early and another one goes on. */
export type JobEvent =
  | { what: 'begun' | 'finished'; job: Job }
  | { what: 'lost'; job: Job; how: string };

/** What {@link runJobs} is called with. */
export interface JobsRequest extends Pick<Order, 'module' | 'request'> {
  jobs: readonly Job[];
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

/** Milliseconds between two looks at jobs that others have. */
const betweenLooks = 1000;

const shownLines = 10;

/**
 * Does all jobs, in their order, each in a process of its own. A job is claimed by a file in its folder, which the process rewrites
 * every few seconds; a job whose process is gone is taken over by another one, also of another machine. Resolves when all are
 * finished, also those that others have.
 *
 * @throws InvalidInputError with a job's name and error when it fails, after the others have saved what they have; the signal's
 *   reason when it is aborted
 */
export async function runJobs(request: JobsRequest): Promise<void> {
  request.signal?.throwIfAborted();
  const slots = new Slots(request);
  await Promise.all(Array.from({ length: request.workers }, () => slots.work()));
  request.signal?.throwIfAborted();
  if (slots.failure !== undefined) {
    throw slots.failure;
  }
}

/** The workers of one call. */
class Slots {
  failure: Error | undefined;
  private readonly failed = new AbortController();
  private readonly stopped: AbortSignal;
  private readonly finished = new Set<Job>();
  private readonly running = new Set<Job>();
  /** Processes of a job that ended too early since it got further. */
  private readonly losses = new Map<Job, number>();

  constructor(private readonly request: JobsRequest) {
    const { signal } = request;
    this.stopped = AbortSignal.any([...(signal ? [signal] : []), this.failed.signal]);
  }

  /** Does one job after another, until all are finished or the work is stopped. */
  async work(): Promise<void> {
    try {
      while (!this.stopped.aborted && this.finished.size < this.request.jobs.length) {
        const job = await this.next();
        if (job === undefined) {
          await setTimeout(betweenLooks, undefined, { signal: this.stopped }).catch(() => {});
          continue;
        }
        try {
          await this.run(job);
        } finally {
          this.running.delete(job);
        }
      }
    } catch (error) {
      this.failure ??= error as Error;
      this.failed.abort();
    }
  }

  /** The first job that is neither finished nor done by anybody; undefined where there is none now. */
  private async next(): Promise<Job | undefined> {
    for (const job of this.request.jobs) {
      if (this.finished.has(job) || this.running.has(job)) {
        continue;
      }
      this.running.add(job);
      if (await job.isFinished()) {
        this.finished.add(job);
      } else if (!(await isClaimed(job.folder))) {
        return job;
      }
      this.running.delete(job);
    }
    return undefined;
  }

  private async run(job: Job): Promise<void> {
    const { module, request, onEvent } = this.request;
    const process = await WorkerProcess.start({ words: words(), log: logOf(job) });
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
    const message = await last();
    if (message?.kind === 'finished') {
      this.finished.add(job);
      onEvent?.({ what: 'finished', job });
    } else if (message?.kind === 'failed') {
      const { name: kind, message: said } = message;
      const text = `${name}: ${said}`;
      throw kind === 'InvalidInputError' ? new InvalidInputError(text) : new Error(text);
    } else if (message === undefined && !this.stopped.aborted) {
      await this.lose(job, process, end);
    }
  }

  /** Hears a worker, and kills it when it is silent. The result ends that, and gives its last message. */
  private listen(process: WorkerProcess, job: Job): () => Promise<FromWorker | undefined> {
    const { patience = 300 } = this.request;
    let last: FromWorker | undefined;
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
      const message = received as FromWorker;
      silent = 0;
      if (isEnd(message)) {
        last = message;
      } else {
        taken = taken.then(() => this.take(message, job, process));
        taken.catch((error) => this.fail(error));
      }
    });
    return async () => {
      clearInterval(watch);
      await taken;
      return last;
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
          this.losses.delete(job);
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
    this.failure ??= error;
    this.failed.abort();
  }

  private async lose(job: Job, process: WorkerProcess, end: End): Promise<void> {
    const losses = (this.losses.get(job) ?? 0) + 1;
    this.losses.set(job, losses);
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
