/** Builds shim.c, and gives the environment that preloads it into a process. */
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { temporaryFolder } from '../support/folders.js';

/** Whether to try every place instead of a few: `npm run test:faults`. */
export const tryAll = process.env.BOBBIN_FAULTS === 'all';

/** The library, or why there is none. */
export type Shim = { library: string } | { missing: string };

/** Compiles shim.c for the tests of the calling file. */
export function buildShim(): Shim {
  const library = path.join(temporaryFolder(), 'shim.so');
  const source = path.join(import.meta.dirname, 'shim.c');
  const words = ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl', '-lpthread'];
  const { status, stderr, error } = spawnSync('cc', words, { encoding: 'utf8' });
  return status === 0 ? { library } : { missing: `cc does not build shim.c: ${stderr ?? error}` };
}

export interface Watch {
  /** Absolute folder; calls that change files below it count. */
  root: string;
  /** File for a line about each call. */
  log?: string;
  /** The number of a call, from 1, that kills the process, or fails with this error. */
  fault?: { call: number; error?: string };
}

/** The variables that preload the shim. */
export function preloaded(shim: Shim, { root, log, fault }: Watch): NodeJS.ProcessEnv {
  return {
    ...process.env,
    // Calls that are handed to the kernel through its rings would not be seen.
    UV_USE_IO_URING: '0',
    LD_PRELOAD: 'library' in shim ? shim.library : '',
    BOBBIN_FAULT_ROOT: root,
    ...(log !== undefined && { BOBBIN_FAULT_LOG: log }),
    ...(fault !== undefined && { BOBBIN_FAULT_AT: faultAt(fault) }),
  };
}

/** The value of `BOBBIN_FAULT_AT`. */
export const faultAt = ({ call, error }: NonNullable<Watch['fault']>): string =>
  `${call} ${error === undefined ? 0 : os.constants.errno[error as 'EIO']}`;

/** Errors that a system may give at any call that changes a file. */
export const errors = ['ENOSPC', 'EIO', 'EDQUOT', 'EACCES', 'EROFS', 'EMFILE', 'EFBIG'];
