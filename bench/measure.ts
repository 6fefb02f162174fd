/** Runs one trial in a fresh process on as many cores as it has threads, and checks what it made. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../scripts/pins.mjs';
import type { Contender } from './contenders.js';
import type { Job, Outcome } from './job.js';

export const benchFolder = path.join(cacheFolder, 'bench');
const here = import.meta.dirname;

/** The command of a contender, or one sentence why it is not to be had. */
export function commandOf({ program, name }: Contender): string[] | string {
  const missing = `${name}: not installed; \`npm run bench -- setup\` says why or installs it`;
  if (program.kind === 'node') {
    return [process.execPath, '--import', 'tsx', path.join(here, 'contenders', program.file)];
  }
  if (program.kind === 'native') {
    const file = path.join(benchFolder, program.binary);
    return existsSync(file) ? [file] : missing;
  }
  const interpreter = path.join(benchFolder, program.environment, 'bin', 'python');
  if (!existsSync(interpreter)) return missing;
  return [interpreter, path.join(here, 'contenders', program.file)];
}

/** The first `count` cores that this process may use. */
function cores(count: number): string {
  const status = readFileSync('/proc/self/status', 'utf8');
  const list = /Cpus_allowed_list:\s*(\S+)/.exec(status)?.[1] ?? '0';
  const numbers = list.split(',').flatMap((part) => {
    const [low = 0, high = low] = part.split('-').map(Number);
    return Array.from({ length: high - low + 1 }, (_, i) => low + i);
  });
  return numbers.slice(0, count).join(',');
}

/** Runs `contender` once. Rejects with the last lines of its stderr where it fails or takes too long. */
export async function measure(contender: Contender, job: Job): Promise<Outcome> {
  const command = commandOf(contender);
  if (typeof command === 'string') throw new Error(command);
  const { program } = contender;
  const [jobFile, listFile] = ['job.json', 'files.txt'].map((name) =>
    path.join(job.workspace, name),
  ) as [string, string];
  writeFileSync(jobFile, JSON.stringify(job));
  writeFileSync(listFile, `${job.files.join('\n')}\n`);
  const args =
    program.kind === 'native'
      ? [listFile, job.threads, job.seconds, job.checkImages].map(String)
      : [jobFile, ...(program.kind === 'python' ? (program.args ?? []) : [])];
  const output = await run(['taskset', '-c', cores(job.threads), ...command, ...args], job);
  const outcome: Outcome = JSON.parse(output.trim().split('\n').at(-1) as string);
  return outcome;
}

function run([command, ...args]: string[], job: Job): Promise<string> {
  // Thread pools that a contender does not set itself must not be larger than its share of the cores.
  const env = { ...process.env, OMP_NUM_THREADS: `${job.threads}`, TF_CPP_MIN_LOG_LEVEL: '2' };
  const child = spawn(command as string, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const limit = setTimeout(() => child.kill('SIGKILL'), 1000 * (180 + 4 * job.seconds));
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
      const [last = ''] = errors.trim().split('\n').slice(-1);
      reject(new Error(`ended with ${signal ?? `exit status ${status}`}: ${last}`));
    });
  });
}

/**
 * What is wrong with an outcome, or undefined: shape, range, and mean and deviation against those of
 * Bobbin's under the same load. `tolerance` covers other windows and other forms of the same colours.
 */
export function complaint(outcome: Outcome, reference: Outcome, tolerance = 0.1) {
  const shape = outcome.shape.join('×');
  if (!['', '224×224×3', '3×224×224'].includes(shape)) return `images of ${shape}`;
  // Noise that is not clamped may leave −1…1 by 6 σ, 6 · 5 / 128.
  if (outcome.minimum < -1.3 || outcome.maximum > 1.3) {
    return `values from ${outcome.minimum} to ${outcome.maximum}`;
  }
  for (const name of ['mean', 'deviation'] as const) {
    const difference = outcome[name] - reference[name];
    if (!(Math.abs(difference) <= tolerance)) {
      return `${name} ${outcome[name].toFixed(3)} where Bobbin has ${reference[name].toFixed(3)}`;
    }
  }
  return undefined;
}
