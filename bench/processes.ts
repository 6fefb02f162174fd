/** How the benchmark runs other programs: on some of the cores, within a time, with their last words as the error. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Standard output of a command. Throws where it fails, with `wayOut` behind. */
export function must(command: string, args: string[], wayOut: string): string {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const result = spawnSync(command, args, { encoding: 'utf8', stdio, maxBuffer: 2 ** 28 });
  if (result.status === 0) return result.stdout;
  const how = result.error?.message ?? ending(result.status, result.signal, result.stderr);
  throw new Error(`${command} ${how}; ${wayOut}`);
}

const ending = (status: number | null, signal: string | null, errors: string) => {
  const [last = ''] = errors
    .trim()
    .split(/[\r\n]+/)
    .slice(-1);
  return `ended with ${signal ?? `exit status ${status}`}: ${last}`;
};

/** The first `count` cores that this process may use, as taskset lists them. */
function cores(count: number): string {
  const status = readFileSync('/proc/self/status', 'utf8');
  const list = /Cpus_allowed_list:\s*(\S+)/.exec(status)?.[1] ?? '0';
  const numbers = list.split(',').flatMap((part) => {
    const [low = 0, high = low] = part.split('-').map(Number);
    return Array.from({ length: high - low + 1 }, (_, i) => low + i);
  });
  return numbers.slice(0, count).join(',');
}

/** Standard output of `command` on as many cores as `threads`. Rejects where it fails or outlives `seconds`. */
export function runOnCores(
  command: string[],
  { threads, seconds }: { threads: number; seconds: number },
): Promise<string> {
  // Thread pools that a contender does not set itself must not be larger than its share of the cores.
  const env = { ...process.env, OMP_NUM_THREADS: `${threads}`, TF_CPP_MIN_LOG_LEVEL: '2' };
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const child = spawn('taskset', ['-c', cores(threads), ...command], { env, stdio });
  let late = false;
  const limit = setTimeout(() => {
    late = child.kill('SIGKILL');
  }, 1000 * seconds);
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
      if (status === 0) return resolve(output);
      const how = late ? `took over ${seconds} s` : ending(status, signal, errors);
      reject(new Error(how));
    });
  });
}
