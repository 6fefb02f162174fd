/** Lets one call at a time work in a folder, also from several containers or machines that share its disk. */
import { existsSync } from 'node:fs';
import { type FileHandle, open, readdir, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expected } from '../errors.js';
import { makeFolder } from './atomic-file.js';
import { heldFolders } from './held-folders.js';
import { ifPresent } from './if-present.js';
import { claimantOf, claimOf, lifetime, removeLeftovers } from './leftovers.js';
import { type ProcessName, thisProcess } from './processes.js';
import { tidied } from './tidied.js';
import { writing } from './write-error.js';

/**
 * Runs `work` while no other call works in `folder`, the value of `option`; see {@link lockFolder}. If it fails, no folder stays
 * that was made for it and is empty.
 */
export async function inLockedFolder<Result>(
  folder: string,
  option: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const absent = absentFolders(folder);
  const unlock = await lockFolder(folder, option);
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
 * time exactly one succeeds.
 *
 * A claim is a file with the process in its name: empty while the process looks at the claims of others, then with text,
 * which it rewrites every few seconds. The claim of a process that ended, even by `kill -9`, is void: at once if this process
 * can see that, and else, if it ran in another container or on another machine, when it was not rewritten for a minute.
 * One that only stood still so long is refused at its next save.
 *
 * @throws InvalidInputError when another call works in `folder`.
 */
export async function lockFolder(folder: string, option: string): Promise<() => Promise<void>> {
  await makeFolder(folder);
  const own = await thisProcess();
  const file = path.join(folder, claimOf(own));
  const claim = await writing(file, () =>
    open(file, 'wx').catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? busy(folder, option, own, own) : error;
    }),
  );
  let beat: NodeJS.Timeout | undefined;
  const unlock = async () => {
    clearInterval(beat);
    heldFolders.delete(path.resolve(folder));
    await claim.close();
    await writing(file, () => rm(file, { force: true }));
  };
  try {
    await winAgainstOthers(folder, option, own);
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
 * Resolves once no other process claims the folder. Each process reads the names after it has written its own, so that of
 * two at least one sees the other. The one whose name comes first then waits until the other has given way, or holds it.
 */
async function winAgainstOthers(folder: string, option: string, own: ProcessName): Promise<void> {
  for (;;) {
    await removeLeftovers(folder);
    let waiting = false;
    for (const name of await readdir(folder)) {
      const other = await claimantOf(name);
      if (other === undefined || name === claimOf(own)) {
        continue;
      }
      // A claim of Bobbin 0.1 has another form, and no text when it is held.
      const isOld = name !== claimOf(other);
      if (isOld || name < claimOf(own) || (await isHeld(path.join(folder, name)))) {
        throw busy(folder, option, own, other);
      }
      waiting = true;
    }
    if (!waiting) {
      return;
    }
    await setTimeout(10);
  }
}

async function isHeld(claim: string): Promise<boolean> {
  return ((await ifPresent(stat(claim)))?.size ?? 0) > 0;
}

function busy(folder: string, option: string, own: ProcessName, other: ProcessName): Error {
  const elsewhere =
    other.space === own.space
      ? 'works in it'
      : 'of another container or machine works in it, or was killed less than a minute ago';
  const remedy = `Process ${other.pid} ${elsewhere}: wait for its end, or choose another folder`;
  return expected('a folder in which no other call works', option, folder, remedy);
}
