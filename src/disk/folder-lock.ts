/** Lets one call at a time work in a folder, also from several containers or machines that share its disk. */
import { existsSync } from 'node:fs';
import { type FileHandle, open, readdir, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expected } from '../errors.js';
import { makeFolder } from './atomic-file.js';
import { heldFolders } from './held-folders.js';
import { ifPresent } from './if-present.js';
import { claimantOf, claimOf, isShared, lifetime, removeLeftovers } from './leftovers.js';
import { type ProcessName, showProcess, thisProcess } from './processes.js';
import { tidied } from './tidied.js';
import { writing } from './write-error.js';

/** How a folder is locked. */
export interface LockOptions {
  /** With other calls that share it, too; then only one that does not share it is refused. Default false. */
  shared?: boolean;
}

/**
 * Runs `work` while no other call works in `folder`, the value of `option`; see {@link lockFolder}. If it fails, no folder stays
 * that was made for it and is empty.
 */
export async function inLockedFolder<Result>(
  folder: string,
  option: string,
  work: () => Promise<Result>,
  how: LockOptions = {},
): Promise<Result> {
  const absent = absentFolders(folder);
  const unlock = await lockFolder(folder, option, how);
  try {
    return await tidied(work, unlock);
  } catch (error) {
    // One with content stays, and so do those around it.
    await removeEmpty(absent).catch(() => {});
    throw error;
  }
}

async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    await rmdir(folder);
  }
}

/** `folder` and those around it that do not exist, the innermost first. */
function absentFolders(folder: string): string[] {
  const absent: string[] = [];
  for (let each = path.resolve(folder); !existsSync(each); each = path.dirname(each)) {
    absent.push(each);
  }
  return absent;
}

/**
 * Claims `folder`, the value of `option`, for this call, until the result is called. Of calls that claim it at the same
 * time exactly one succeeds; of those that share it, all.
 *
 * A claim is a file with the process in its name: empty while the process looks at the claims of others, then with text,
 * which it rewrites every few seconds. The claim of a process that ended, even by `kill -9`, is void: at once if this process
 * can see that, and else, if it ran in another container or on another machine, when it was not rewritten for a minute.
 * One that only stood still so long is refused at its next save.
 *
 * @throws InvalidInputError when another call works in `folder`.
 */
export async function lockFolder(
  folder: string,
  option: string,
  how: LockOptions = {},
): Promise<() => Promise<void>> {
  const claimed = await claimFolder(folder, how);
  if (typeof claimed === 'function') {
    return claimed;
  }
  throw await busyError(folder, option, claimed);
}

/** Claims `folder` as {@link lockFolder} does; undefined where another call works in it. */
export async function tryLockFolder(
  folder: string,
  how: LockOptions = {},
): Promise<(() => Promise<void>) | undefined> {
  const claimed = await claimFolder(folder, how);
  return typeof claimed === 'function' ? claimed : undefined;
}

/** Milliseconds between two looks at a folder that another call has: first, and at most, since each look makes a file. */
const betweenLooks = { first: 500, most: 8000 };

/**
 * Runs `work` as {@link inLockedFolder} does, once no other call works in `folder`.
 *
 * @throws the signal's reason when it is aborted before
 */
export async function inTurn<Result>(
  folder: string,
  work: () => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  for (let wait = betweenLooks.first; ; wait = Math.min(2 * wait, betweenLooks.most)) {
    signal?.throwIfAborted();
    const unlock = await tryLockFolder(folder);
    if (unlock !== undefined) {
      return await tidied(work, unlock);
    }
    await setTimeout(wait, undefined, { signal }).catch(() => {});
  }
}

/** Whether a call other than this process's works in `folder`, alone or with others. */
export async function isClaimed(folder: string): Promise<boolean> {
  await removeLeftovers(folder);
  const own = await thisProcess();
  for (const name of (await ifPresent(readdir(folder))) ?? []) {
    const claimant = await claimantOf(name);
    if (claimant !== undefined && showProcess(claimant) !== showProcess(own)) {
      return true;
    }
  }
  return false;
}

/** What ends the claim, or the process that works in the folder. */
async function claimFolder(
  folder: string,
  { shared = false }: LockOptions,
): Promise<(() => Promise<void>) | ProcessName> {
  await makeFolder(folder);
  const own = await thisProcess();
  const file = path.join(folder, claimOf(own, shared));
  const claim = await writing(file, () =>
    open(file, 'wx').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') {
        return undefined;
      }
      throw error;
    }),
  );
  if (claim === undefined) {
    return own;
  }
  let beat: NodeJS.Timeout | undefined;
  const unlock = async () => {
    clearInterval(beat);
    // The folder may be held by another claim of this process, a shared one.
    if (heldFolders.get(path.resolve(folder)) === claim) {
      heldFolders.delete(path.resolve(folder));
    }
    await claim.close();
    await writing(file, () => rm(file, { force: true }));
  };
  try {
    const other = await winAgainstOthers(folder, own, shared);
    if (other !== undefined) {
      await unlock();
      return other;
    }
    await writing(file, () => hold(claim));
    heldFolders.set(path.resolve(folder), claim);
    // A beat that fails leaves the claim older, no more.
    beat = setInterval(() => void hold(claim).catch(() => {}), lifetime / 12).unref();
    return unlock;
  } catch (error) {
    await unlock().catch(() => {});
    throw error;
  }
}

async function hold(claim: FileHandle): Promise<void> {
  await claim.write('held\n', 0);
  // A file system of the network tells the new time to others only now.
  await claim.datasync();
}

/**
 * Resolves once no other process claims the folder, or to the one that has it. Each process reads the names after it has written
 * its own, so that of two at least one sees the other. The one whose name comes first then waits until the other has given way, or
 * holds it. Those that share the folder do not look at each other.
 */
async function winAgainstOthers(
  folder: string,
  own: ProcessName,
  shared: boolean,
): Promise<ProcessName | undefined> {
  const ownClaim = claimOf(own, shared);
  for (;;) {
    await removeLeftovers(folder);
    let waiting = false;
    for (const name of await readdir(folder)) {
      const other = await claimantOf(name);
      if (other === undefined || name === ownClaim || (shared && isShared(name))) {
        continue;
      }
      // A claim of Bobbin 0.1 has another form, and no text when it is held.
      const isOld = name !== claimOf(other, isShared(name));
      if (isOld || name < ownClaim || (await isHeld(path.join(folder, name)))) {
        return other;
      }
      waiting = true;
    }
    if (!waiting) {
      return undefined;
    }
    await setTimeout(10);
  }
}

async function isHeld(claim: string): Promise<boolean> {
  return ((await ifPresent(stat(claim)))?.size ?? 0) > 0;
}

async function busyError(folder: string, option: string, other: ProcessName): Promise<Error> {
  const own = await thisProcess();
  const elsewhere =
    other.space === own.space
      ? 'works in it'
      : 'of another container or machine works in it, or was killed less than a minute ago';
  const remedy = `Process ${other.pid} ${elsewhere}: wait for its end, or choose another folder`;
  return expected('a folder in which no other call works', option, folder, remedy);
}
