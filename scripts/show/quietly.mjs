/** Runs a command for `workQuietly` and shows one line instead of its output. Its answer is the number of files that were compiled. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { clock, withLine } from './line.mjs';

/** @import { Quietly } from '../run.mjs' */

/** How CMake's generators begin the line of a source file. */
const compiling = /Building C\w+ object/g;

/** Seconds between two lines when the output is a file or a pipe. */
const interval = 30;

/**
 * @param {Quietly & {command: string, args: string[], verbose: boolean}} request
 * @returns {Promise<{status: number, compiled: number}>}
 */
async function run({ label, files, log, command, args, verbose }) {
  const start = performance.now();
  let output = '';
  const compiled = () => output.match(compiling)?.length ?? 0;
  const count = () =>
    files === undefined || compiled() === 0 ? '' : ` ${compiled()} of ${files} files`;
  const describe = () => `${label}${count()}  ${clock((performance.now() - start) / 1000)}`;
  // In one pipe, both outputs keep their order.
  const child = spawn('/bin/sh', ['-c', 'exec "$@" 2>&1', 'sh', command, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
    if (verbose) {
      process.stderr.write(text);
    }
  });
  const ended = () => once(child, 'close');
  const [status] = verbose ? await ended() : await withLine(describe, ended, interval);
  if (log !== undefined) {
    fs.writeFileSync(log, output);
  }
  if (status !== 0 && !verbose) {
    process.stderr.write(output);
  }
  return { status: status ?? 1, compiled: compiled() };
}

const { status, compiled } = await run(JSON.parse(process.argv[2] ?? ''));
process.stdout.write(`${compiled}`);
process.exitCode = status;
