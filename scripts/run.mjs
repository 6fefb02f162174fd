/** Runs other programs: to ask a question, or to do work that shows its output, or one line instead. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { packageRoot } from './root.mjs';

/** @import { SpawnOptions, SpawnSyncOptions, SpawnSyncOptionsWithStringEncoding } from 'node:child_process' */

/**
 * The standard output of a command without surrounding space, or undefined if the command fails or does not exist.
 * @param {string} command
 * @param {string[]} args
 * @param {Partial<SpawnSyncOptionsWithStringEncoding>} [options]
 */
export function ask(command, args, options = {}) {
  const result = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/**
 * Runs a command and shows its output.
 * @param {string} command
 * @param {string[]} args
 * @param {SpawnSyncOptions} [options]
 * @throws {Error} when it fails: one sentence that names the command
 */
export function work(command, args, options = {}) {
  const result = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
  if (result.status !== 0) {
    throw failure(command, args, result.error?.message, result.status ?? result.signal);
  }
}

/**
 * What is shown of a command: what it does, e.g. `TypeScript build: compiling`. With `files`, the number of source files, the line
 * counts those that are compiled. The output is also written to the file `log`.
 * @typedef {{label: string, files?: number | undefined, log?: string}} Quietly
 */

const quietly = path.join(packageRoot, 'scripts', 'show', 'quietly.mjs');

/** Whether `$BOBBIN_VERBOSE` asks for the whole output of what set-up runs. */
function isVerbose() {
  const asked = process.env.BOBBIN_VERBOSE;
  if (asked !== undefined && asked !== 'yes') {
    throw new Error(
      `Expected yes for BOBBIN_VERBOSE but received "${asked}"; without it output is shown if a command fails`,
    );
  }
  return asked === 'yes';
}

/**
 * Runs a command and shows one line meanwhile, and all of its output if it fails or `BOBBIN_VERBOSE=yes` asks for it.
 * @param {Quietly} shown
 * @param {string} command
 * @param {string[]} args
 * @param {SpawnSyncOptions} [options]
 * @returns {number} the number of source files that it compiled
 * @throws {Error} as `work` does
 */
export function workQuietly(shown, command, args, options = {}) {
  const request = JSON.stringify({ ...shown, command, args, verbose: isVerbose() });
  const { error, signal, status, stdout } = spawnSync(process.execPath, [quietly, request], {
    ...options,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) {
    throw failure(command, args, error?.message, status ?? signal);
  }
  return Number(stdout);
}

/**
 * Runs a command as `work` does, while this process goes on. It ends with this process.
 * @param {string} command
 * @param {string[]} args
 * @param {SpawnOptions} options
 * @param {(text: string) => void} show gets what it writes to a standard error that is a pipe
 * @throws {Error} as `work` does
 */
export async function workBeside(command, args, options, show) {
  let message;
  const child = spawn(command, args, options);
  child.stderr?.setEncoding('utf8').on('data', show);
  const kill = () => child.kill();
  process.once('exit', kill);
  const [status, signal] = await once(child, 'close').catch((error) => {
    message = messageOf(error);
    return [];
  });
  process.off('exit', kill);
  if (status !== 0) {
    throw failure(command, args, message, status ?? signal);
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string | undefined} message why it did not start
 * @param {number | string | null} status
 */
function failure(command, args, message, status) {
  const how = message ?? `exit status ${status}`;
  return new Error(`\`${command} ${args.join(' ')}\` failed (${how}); its output is above.`);
}

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/**
 * Runs a script's `main`, which may return its exit status. An error becomes one line and the exit status 1.
 * @param {string} name the script's name in that line
 * @param {() => number | void | Promise<number | void>} main
 */
export function runScript(name, main) {
  void finish(name, main);
}

/** @type {(...args: Parameters<typeof runScript>) => Promise<void>} */
async function finish(name, main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(`${name}: ${messageOf(error)}`);
    process.exitCode = 1;
  }
}
