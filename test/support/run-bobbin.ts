/** Runs the command line in a separate process: compiled as the test is, or from its sources. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const place = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));

/** What node is given before the words of a command. */
export const main: readonly string[] = process.execArgv.includes('tsx')
  ? ['--import', import.meta.resolve('tsx'), place('src/cli/main.ts')]
  : [place('dist/cli/main.js')];

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
