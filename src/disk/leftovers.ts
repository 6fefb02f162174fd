/** The names of what a process makes for a while, temporary files and claims, and the removal of what a killed one left. */
import { randomBytes } from 'node:crypto';
import { open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { ifPresent } from './if-present.js';
import {
  isRunning,
  type ProcessName,
  processPattern,
  showProcess,
  thisProcess,
} from './processes.js';

/** A process that cannot be seen counts as ended if it has not written to its file for so long, in milliseconds. */
export const lifetime = 60_000;

/** At the end of a name: also of a folder's, inside of a path. */
const temporaryEnd = new RegExp(`\\.bobbin-${processPattern}-[0-9a-f]{8}\\.tmp(?=/|$)`);
const claimName = new RegExp(`^(?:lock|share)-${processPattern}$`);
/** Names of Bobbin 0.1: a claim, and the end of a temporary file. */
const oldClaim = /^lock-(\d+)-(\d+)$/;
const oldTemporaryEnd = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(tmp|partial)$/;

/** A new name beside `file` for its content until that is complete. */
export async function temporaryName(file: string): Promise<string> {
  const random = randomBytes(4).toString('hex');
  return `${file}.bobbin-${showProcess(await thisProcess())}-${random}.tmp`;
}

/** `file` with the names that it and the folders around it get when they are complete. */
export const finalName = (file: string): string => file.replace(new RegExp(temporaryEnd, 'g'), '');

/** The name of a process's claim of a folder, which it may share with others. */
export const claimOf = (claimant: ProcessName, shared = false): string =>
  `${shared ? 'share' : 'lock'}-${showProcess(claimant)}`;

/** Whether a claim of this name allows others. */
export const isShared = (claim: string): boolean => claim.startsWith('share-');

/** Who claims a folder by a file of this name; undefined for other files. */
export async function claimantOf(name: string): Promise<ProcessName | undefined> {
  const [, pid, start] = oldClaim.exec(name) ?? [];
  if (pid !== undefined && start !== undefined) {
    return { space: (await thisProcess()).space, pid: Number(pid), start };
  }
  return namedBy(claimName.exec(name));
}

/** Removes the temporary files and the claims that ended processes left in `folder`; with `of`, also those of 0.1 for `of`. */
export async function removeLeftovers(folder: string, of?: string): Promise<void> {
  for (const name of (await ifPresent(readdir(folder))) ?? []) {
    const owner = namedBy(temporaryEnd.exec(name)) ?? (await claimantOf(name));
    const file = path.join(folder, name);
    const left = owner === undefined ? isOldTemporary(name, of) : !(await isAlive(owner, file));
    if (left) {
      // One that cannot be removed, such as another user's, does no harm.
      await rm(file, { recursive: true, force: true }).catch(() => {});
    }
  }
}

const namedBy = (match: RegExpExecArray | null): ProcessName | undefined =>
  match === null
    ? undefined
    : { space: match[1] as string, pid: Number(match[2]), start: match[3] as string };

const isOldTemporary = (name: string, of: string | undefined): boolean =>
  of !== undefined && name.startsWith(`${of}.`) && oldTemporaryEnd.test(name.slice(of.length + 1));

async function isAlive(owner: ProcessName, file: string): Promise<boolean> {
  const running = await isRunning(owner);
  if (running !== undefined) {
    return running;
  }
  const written = (await ifPresent(stat(file)))?.mtimeMs;
  const now = await timeIn(path.dirname(file)).catch(() => undefined);
  return now === undefined || (written !== undefined && now - written < lifetime);
}

/** The time by the clock of the file system, which may be another machine's: that of a file made now. */
async function timeIn(folder: string): Promise<number> {
  const probe = await temporaryName(path.join(folder, 'clock'));
  const handle = await open(probe, 'wx');
  try {
    return (await handle.stat()).mtimeMs;
  } finally {
    await handle.close();
    await rm(probe, { force: true });
  }
}
