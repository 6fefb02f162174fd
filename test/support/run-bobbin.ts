/** Runs TypeScript, the command line above all, in separate processes: compiled as the test is, or from its sources. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const fromSources = process.execArgv.some((word) => /\btsx\b/.test(word));

/** What node is given before a program, or before `--eval`, that is or imports TypeScript. */
export const loader: readonly string[] = fromSources
  ? ['--import', path.join(root, 'node_modules/tsx/dist/loader.mjs')]
  : [];

/**
 * What is run or imported for a file or folder of `src`, `test` or `bench`.
 * @param source from the root, such as `src/index.ts`
 */
export function compiled(source: string): string {
  if (fromSources) {
    return path.join(root, source);
  }
  const name = source.replace(/^src\b/, 'dist').replace(/\.ts$/, '.js');
  return path.join(root, 'build-typescript', name);
}

/** The words for node that run a file, such as `test/training/run-one.ts`, before those for the program. */
export const programOf = (source: string): readonly string[] => [...loader, compiled(source)];

/** A program for a worker, which runs a file. */
export function workerProgram(source: string): string {
  const file = JSON.stringify(compiled(source));
  // In Node 20 workers do not have a TypeScript loader.
  return fromSources
    ? `import('tsx/esm/api').then(({ register }) => {
        register();
        return import(${file});
      })`
    : `import(${file})`;
}

/** What node is given before the words of a command. */
export const main = programOf('src/cli/main.ts');

export interface Ended {
  /** Exit code; null when a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Surroundings {
  /** Sees the process and its output as it grows, to send it signals. */
  watch?: (child: ChildProcess, stderr: string, stdout: string) => void;
  env?: NodeJS.ProcessEnv;
  /** An open file for its standard output; by default it is collected. */
  stdout?: number;
}

/** Runs `bobbin` with `words`. */
export function runBobbin(
  words: string[],
  { watch = () => {}, env = process.env, stdout }: Surroundings = {},
): Promise<Ended> {
  const stdio: StdioOptions = ['ignore', stdout ?? 'pipe', 'pipe'];
  const child = spawn(process.execPath, [...main, ...words], { env, stdio });
  const ended = { stdout: '', stderr: '' };
  child.stdout?.on('data', (piece) => {
    ended.stdout += piece;
    watch(child, ended.stderr, ended.stdout);
  });
  child.stderr?.on('data', (piece) => {
    ended.stderr += piece;
    watch(child, ended.stderr, ended.stdout);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...ended }));
  });
}
