/** Names processes, so that others on the same disk, also in other containers, can tell whether one still runs. */
import { readFile, readlink } from 'node:fs/promises';
import os from 'node:os';
import { sha256 } from './sha256.js';

/** Where a process's number counts (machine, boot and PID namespace, hashed), its number, and its start in clock ticks. */
export interface ProcessName {
  space: string;
  pid: number;
  start: string;
}

/** The text form of a {@link ProcessName}, as three groups. */
export const processPattern = '([0-9a-f]{12})-(\\d+)-(\\d+)';

export const showProcess = ({ space, pid, start }: ProcessName): string =>
  `${space}-${pid}-${start}`;

let own: Promise<ProcessName> | undefined;

/** This process. No other has its name: the system reuses numbers, but not together with the start. */
export function thisProcess(): Promise<ProcessName> {
  own ??= nameThisProcess();
  return own;
}

async function nameThisProcess(): Promise<ProcessName> {
  const identity = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
    os.hostname(),
  ]);
  const space = sha256(identity.join('\n')).slice(0, 12);
  return { space, pid: process.pid, start: (await startOf(process.pid)) ?? '0' };
}

/** Whether a process runs; undefined for one in another container or on another machine, which cannot be seen from here. */
export async function isRunning({ space, pid, start }: ProcessName): Promise<boolean | undefined> {
  return space === (await thisProcess()).space ? (await startOf(pid)) === start : undefined;
}

/**
 * Start time of a process, in clock ticks since boot; undefined when it does not exist or is a zombie. These are fields 3
 * and 22 of `/proc/PID/stat` (proc(5)).
 */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field, the program's name in brackets, may contain spaces and brackets.
  const [state, ...rest] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  return state === 'Z' || state === 'X' ? undefined : rest[18];
}
