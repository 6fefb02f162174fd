/** Runs the project's own programs, which use tfjs-node's API and check what they compute. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { project } from './set-up.js';

/** Each is a file `project/programs/NAME.cjs`. */
export const programs = ['csv-regression', 'fashion-mnist', 'saved-model', 'sequence', 'transfer'];

const timeout = 10 * 60_000;

/** Runs a program and resolves to the last line of its output: what it reached, or why it skipped. Rejects if it failed. */
export async function runProgram(name: string, node = process.execPath): Promise<string> {
  const child = spawn(node, [`programs/${name}.cjs`], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
  });
  const [output, errors, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  if (code !== 0) {
    throw new Error(`${name} ended with ${signal ?? `exit status ${code}`}: ${errors}`);
  }
  return output.trimEnd().split('\n').at(-1) ?? '';
}
