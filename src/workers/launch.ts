/** Runs one command in several processes that work together: all begin, all go on, or all end. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gpuOfEach } from './gpus.js';
import { freePorts } from './ports.js';
import { begunWord, type End, endInWords, statusOf, WorkerProcess } from './worker-process.js';

/** A part of a cluster whose other workers run on other machines. */
export interface ClusterPart {
  /** `host:port` of each worker, the same on all machines. */
  workers: readonly string[];
  /** The number of the first worker of this machine. */
  first: number;
}

/** What {@link Launch} is called with. */
export interface LaunchRequest {
  /**
   * The words after `node` of each worker.
   *
   * @param hasBegun whether a worker that was begun before said that its work had begun (`tellStarter`)
   */
  words(hasBegun: boolean): Promise<readonly string[]> | readonly string[];
  /** Workers of this machine. */
  workers: number;
  /** How often all are begun again after one has failed. */
  maxRestarts: number;
  /** Folder of the logs, `worker-0.log` and so on. */
  logs: string;
  /** Seconds that a worker has for its end after SIGTERM. */
  stopSeconds: number;
  /** Where the cluster has workers on other machines. Without it, free ports of 127.0.0.1 are chosen at each start. */
  cluster?: ClusterPart | undefined;
  /** Called when the workers have begun, with the processes' numbers. */
  onBegun?(pids: readonly number[], restarts: number): void;
  /** Called when a worker has failed, before the others are ended. */
  onFailed?(failure: WorkerFailure): void;
}

/** The first worker that failed. */
export interface WorkerFailure {
  /** Its number in the cluster. */
  index: number;
  /** `exit code 1`, `SIGKILL` */
  how: string;
  /** Its exit code, as a shell sees it. */
  status: number;
  log: string;
  /** The last lines of its log. */
  lines: string[];
  restarts: number;
  /** Whether all are begun again. */
  goesOn: boolean;
}

const shownLines = 20;

/** Milliseconds before the workers are begun again: what ended them may need a moment to be over. */
const beforeRestart = 1000;

/** Workers that were launched, and what may be done to them. */
export class Launch {
  private running: WorkerProcess[] = [];
  private signalled: NodeJS.Signals | undefined;
  private hasBegun = false;

  constructor(private readonly request: LaunchRequest) {}

  /** Sends a signal that this process got to all workers, which are then not begun again. One that stays is killed later. */
  pass(signal: NodeJS.Signals): void {
    const isFirst = this.signalled === undefined;
    this.signalled ??= signal;
    for (const worker of this.running) {
      worker.kill(signal);
    }
    if (isFirst) {
      void setTimeout(1000 * this.request.stopSeconds, undefined, { ref: false }).then(() => {
        for (const worker of this.running) {
          worker.kill('SIGKILL');
        }
      });
    }
  }

  /**
   * Begins the workers, and begins all again, with new ports and a new run id, when one has failed.
   *
   * @returns the failure that was one too many; undefined when all ended with exit code 0
   */
  async toEnd(): Promise<WorkerFailure | undefined> {
    for (let restarts = 0; ; restarts++) {
      const failure = await this.once(restarts);
      if (failure === undefined || !failure.goesOn) {
        return failure;
      }
      await setTimeout(beforeRestart);
      if (this.signalled !== undefined) {
        return { ...failure, goesOn: false };
      }
    }
  }

  private async once(restarts: number): Promise<WorkerFailure | undefined> {
    const { request } = this;
    const words = await request.words(this.hasBegun);
    const environments = await this.environments();
    const { first = 0 } = request.cluster ?? {};
    await this.begin(
      environments.map((env, index) =>
        WorkerProcess.start({ words, env, log: logOf(request.logs, first + index) }),
      ),
    );
    for (const worker of this.running) {
      worker.onMessage((message) => {
        this.hasBegun ||= message === begunWord;
      });
    }
    if (this.signalled !== undefined) {
      // It came while they began.
      this.pass(this.signalled);
    }
    request.onBegun?.(
      this.running.map(({ pid = 0 }) => pid),
      restarts,
    );
    const failed = await firstFailure(this.running);
    if (failed === undefined) {
      return undefined;
    }
    const { maxRestarts, onFailed, stopSeconds } = request;
    const goesOn = this.signalled === undefined && restarts < maxRestarts;
    const failure = await describe(this.running, failed, { first, restarts, goesOn });
    onFailed?.(failure);
    // After a signal all have it, and are about to save.
    const others = this.signalled === undefined ? this.running : [];
    await Promise.all(others.map((worker) => worker.stop(stopSeconds)));
    await Promise.all(this.running.map(({ ended }) => ended));
    return failure;
  }

  /** Waits until all workers have begun. Where one cannot, those that have are ended: nobody else would. */
  private async begin(starts: readonly Promise<WorkerProcess>[]): Promise<void> {
    const settled = await Promise.allSettled(starts);
    this.running = settled.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    try {
      await Promise.all(starts);
    } catch (error) {
      await Promise.all(this.running.map((worker) => worker.stop(this.request.stopSeconds)));
      throw error;
    }
  }

  /** The variables of each worker: the whole cluster and its place in it, as TensorFlow knows them, the run's id, and its GPU. */
  private async environments(): Promise<Record<string, string>[]> {
    const { workers, cluster } = this.request;
    const gpus = gpuOfEach(workers);
    const addresses =
      cluster?.workers ?? (await freePorts(workers)).map((port) => `127.0.0.1:${port}`);
    // Workers of other machines cannot know a random number of this one.
    const id: Record<string, string> = cluster
      ? {}
      : { BOBBIN_RUN_ID: randomBytes(16).toString('hex') };
    return gpus.map((gpu, place) => ({
      TF_CONFIG: JSON.stringify({
        cluster: { worker: addresses },
        task: { type: 'worker', index: (cluster?.first ?? 0) + place },
      }),
      ...id,
      ...gpu,
    }));
  }
}

const logOf = (folder: string, index: number) => path.join(folder, `worker-${index}.log`);

interface Failed {
  place: number;
  end: End;
}

/** The worker that failed first; undefined when all have ended with exit code 0. */
async function firstFailure(workers: readonly WorkerProcess[]): Promise<Failed | undefined> {
  return await new Promise((resolve) => {
    const ends = workers.map(async ({ ended }, place) => {
      const end = await ended;
      if (end.code !== 0) {
        resolve({ place, end });
      }
    });
    void Promise.all(ends).then(() => resolve(undefined));
  });
}

async function describe(
  workers: readonly WorkerProcess[],
  { place, end }: Failed,
  { first, restarts, goesOn }: { first: number; restarts: number; goesOn: boolean },
): Promise<WorkerFailure> {
  const { log } = workers[place] as WorkerProcess;
  const lines = await (workers[place] as WorkerProcess).lastLines(shownLines).catch(() => []);
  const status = statusOf(end);
  return { index: first + place, how: endInWords(end), status, log, lines, restarts, goesOn };
}
