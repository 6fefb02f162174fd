/** Runs other programs: on some of the cores, with a time limit, and with their last output as the error. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { expected } from '../src/errors.js';

/** Returns the standard output of a command. Throws if it fails; `remedy` ends the message. */
export function must(command: string, args: string[], remedy: string): string {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const result = spawnSync(command, args, { encoding: 'utf8', stdio, maxBuffer: 2 ** 28 });
  if (result.status === 0) {
    return result.stdout;
  }
  const how = result.error?.message ?? ending(result.status, result.signal, result.stderr);
  throw new Error(`${command} ${how}; ${remedy}`);
}

const ending = (status: number | null, signal: string | null, errors: string) => {
  const [last = ''] = errors
    .trim()
    .split(/[\r\n]+/)
    .slice(-1);
  return `ended with ${signal ?? `exit status ${status}`}: ${last}`;
};

/** @throws InvalidInputError when there are more threads than cores: rates for each core would be wrong. */
export function checkThreads(threads: number[], cores = os.availableParallelism()): void {
  const most = Math.max(...threads);
  if (most > cores) {
    throw expected(`at most ${cores}, as many as there are cores,`, '--threads', most);
  }
}

/** `count` of the cores that this process may use, from number `first` of them on, in taskset's notation. */
function cores(count: number, first: number): string {
  const status = readFileSync('/proc/self/status', 'utf8');
  const list = /Cpus_allowed_list:\s*(\S+)/.exec(status)?.[1] ?? '0';
  const numbers = list.split(',').flatMap((part) => {
    const [low = 0, high = low] = part.split('-').map(Number);
    return Array.from({ length: high - low + 1 }, (_, i) => low + i);
  });
  const own = Array.from({ length: count }, (_, i) => numbers[(first + i) % numbers.length]);
  return own.join(',');
}

export interface Limits {
  /** Number of cores of the command. */
  threads: number;
  /** The number of the first of them, 0 by default; after the last core comes the first one again. */
  firstCore?: number;
  /** Words before the command, such as those that enter a network namespace. */
  within?: readonly string[];
  /** Time limit. */
  seconds: number;
  /** Called with the id of the process when it has started. */
  onStart?: (pid: number) => void;
  /** Ends the process when it aborts. */
  signal?: AbortSignal;
}

/** With less memory the system begins to kill processes. */
const leastMemory = 2 ** 30;

/** Returns the standard output of `command`. Rejects if it fails, exceeds its time or uses up the memory. */
export function runOnCores(
  command: string[],
  { threads, firstCore = 0, within = [], seconds, onStart, signal }: Limits,
): Promise<string> {
  // Thread pools that a contender does not configure must not be larger than its number of cores.
  const env = { ...process.env, OMP_NUM_THREADS: `${threads}`, TF_CPP_MIN_LOG_LEVEL: '2' };
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const words = ['-c', cores(threads, firstCore), ...within, ...command];
  const child = spawn('taskset', words, {
    env,
    stdio,
    killSignal: 'SIGKILL',
    ...(signal && { signal }),
  });
  if (child.pid !== undefined) {
    onStart?.(child.pid);
  }
  let stopped: string | undefined;
  const stop = (why: string) => {
    if (child.kill('SIGKILL')) {
      stopped = why;
    }
  };
  const limit = setTimeout(() => stop(`took over ${seconds} s`), 1000 * seconds);
  const watch = setInterval(() => {
    if (process.availableMemory() < leastMemory) {
      stop('does not fit into the memory');
    }
  }, 100);
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors = (errors + chunk).slice(-4000);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(limit);
      clearInterval(watch);
      if (status === 0) {
        return resolve(output);
      }
      reject(new Error(stopped ?? ending(status, signal, errors)));
    });
  });
}
