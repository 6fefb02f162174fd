/** A process on this machine whose output goes to a log file, and which ends when the process that began it does. */
import { type ChildProcess, type Serializable, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeFolder, openRegular, withSource, writing } from '../disk/index.js';

/** Set for a process that another one began as a worker: it ends when the channel to that one closes. */
export const starterVariable = 'BOBBIN_HAS_STARTER';

/** What a worker sends once its work has begun, so that a later process may go on with it. */
export const begunWord = 'begun';

/** What a worker is begun with. */
export interface WorkerOptions {
  /** The words after `node`. */
  words: readonly string[];
  /** Variables of its environment, beside those of this process. */
  env?: Readonly<Record<string, string>>;
  /** The file that takes its standard output and errors, after what it has. */
  log: string;
}

/** How a process ended: by itself, with its exit code, or by a signal. */
export interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The exit code that a shell sees: 128 and the signal's number for a process that a signal ended. */
export const statusOf = ({ code, signal }: End): number =>
  code ?? 128 + (signal === null ? 0 : os.constants.signals[signal]);

/** `exit code 1`, `SIGKILL` */
export const endInWords = ({ code, signal }: End): string =>
  signal === null ? `exit code ${code}` : signal;

export class WorkerProcess {
  readonly ended: Promise<End>;
  private hasEnded = false;

  private constructor(
    private readonly child: ChildProcess,
    readonly log: string,
    /** Bytes that the log had before. */
    private readonly logStart: number,
  ) {
    this.ended = new Promise((resolve) => {
      // A later error, such as a signal that cannot be sent, must not end this process.
      child.on('error', () => resolve({ code: 127, signal: null }));
      child.once('close', (code, signal) => resolve({ code, signal }));
    }).then((end) => {
      this.hasEnded = true;
      return end as End;
    });
  }

  /** @throws InvalidInputError where the log cannot be written */
  static async start({ words, env = {}, log }: WorkerOptions): Promise<WorkerProcess> {
    await makeFolder(path.dirname(log));
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;
    const { handle, size } = await writing(log, () => openRegular(log, flags));
    try {
      const child = spawn(process.execPath, [...words], {
        stdio: ['ignore', handle.fd, handle.fd, 'ipc'],
        env: { ...process.env, ...env, [starterVariable]: '1' },
        serialization: 'advanced',
        // A terminal sends its Ctrl-C to a whole group: workers get each signal once, from here.
        detached: true,
      });
      return new WorkerProcess(child, log, size);
    } finally {
      await handle.close();
    }
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  onMessage(take: (message: Serializable) => void): void {
    this.child.on('message', take);
  }

  /** One that has ended hears nothing. */
  send(message: Serializable): void {
    if (this.child.connected) {
      this.child.send(message, () => {});
    }
  }

  kill(signal: NodeJS.Signals): void {
    if (!this.hasEnded) {
      this.child.kill(signal);
    }
  }

  /** Sends SIGTERM, and SIGKILL to one that has not ended `seconds` later. */
  async stop(seconds: number): Promise<End> {
    this.kill('SIGTERM');
    const late = setTimeout(() => this.kill('SIGKILL'), 1000 * seconds);
    try {
      return await this.ended;
    } finally {
      clearTimeout(late);
    }
  }

  /** The last lines of what this process wrote into its log. */
  async lastLines(most: number): Promise<string[]> {
    return await withSource(this.log, async (source) => {
      const start = Math.max(this.logStart, source.size - mostRead);
      const bytes = Buffer.alloc(Math.max(0, source.size - start));
      await source.readInto(bytes, start);
      return bytes.toString().trimEnd().split('\n').slice(-most);
    });
  }
}

const mostRead = 1 << 16;
