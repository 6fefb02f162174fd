/** Runs contenders and the judge in the environments that the set-up made. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../scripts/pins.mjs';
import type { Contender, Program } from './contenders.js';
import { lists } from './environments.mjs';
import type { Job, Outcome } from './job.js';
import { type Limits, must, runOnCores } from './processes.js';

/** The benchmark's folder in Bobbin's cache. */
export const benchFolder = path.join(cacheFolder, 'bench');
const setUp = '`npm run bench:setup` installs the programs of the benchmark';

/** The Python interpreter with the packages of a list. */
function pythonOf(list: string): string {
  const environment = lists.find(({ name }) => name === list)?.environment as string;
  return path.join(benchFolder, environment, 'bin', 'python');
}

/** Runs a Python program of this folder with `request`, a path or JSON, and returns its output, parsed as JSON. */
export function askPython<Answer>(program: string, request: string): Answer {
  const file = path.join(import.meta.dirname, program);
  return JSON.parse(must(pythonOf('peers'), [file, request], setUp));
}

/** Runs jpegtran, which changes JPEG files without loss. */
export const jpegtran = (args: string[]) => must('jpegtran', args, setUp);

/** A folder for `files`, named after their contents, kept from run to run. */
export function workspaceOf(files: string[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(readFileSync(file));
  }
  const folder = path.join(benchFolder, 'packed', hash.digest('hex').slice(0, 16));
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Why a contender cannot run, in one sentence, or undefined. */
export function absence({ program }: Program): string | undefined {
  if (program.kind === 'node') {
    return undefined;
  }
  const record = path.join(benchFolder, 'missing.json');
  if (!existsSync(record)) {
    return `not installed: ${setUp}`;
  }
  const part = program.kind === 'native' ? program.binary : program.list;
  const reason: string | undefined = JSON.parse(readFileSync(record, 'utf8'))[part];
  return reason && `not installed: ${reason}`;
}

function commandOf({ program }: Program): string[] {
  if (program.kind === 'native') {
    return [path.join(benchFolder, program.binary)];
  }
  const file = path.join(import.meta.dirname, 'contenders', program.file);
  if (program.kind === 'python') {
    return [pythonOf(program.list), file];
  }
  return [process.execPath, '--import', 'tsx', file];
}

/** Runs `contender` once in a fresh process, on as many cores as the job has threads. Rejects if it fails. */
export async function measure(contender: Contender, job: Job): Promise<Outcome> {
  const [jobFile, list] = ['job.json', 'files.txt'].map((name) =>
    path.join(job.workspace, name),
  ) as [string, string];
  writeFileSync(jobFile, JSON.stringify(job));
  writeFileSync(list, `${job.files.join('\n')}\n`);
  const { threads, seconds } = job;
  const given =
    contender.program.kind === 'native' ? [list, `${threads}`, `${seconds}`] : [jobFile];
  return answerOf(contender, given, { threads, seconds: 240 + 4 * seconds });
}

/** Runs `program` in a fresh process and returns its last line, parsed as JSON. Rejects if it fails. */
export async function answerOf<Answer>(
  program: Program,
  given: string[],
  limits: Limits,
): Promise<Answer> {
  const command = [...commandOf(program), ...given, ...(program.args ?? [])];
  const output = await runOnCores(command, limits);
  return JSON.parse(output.trim().split('\n').at(-1) as string);
}
