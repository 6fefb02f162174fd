/** Installs every part that Bobbin needs; safe to repeat, and quick and offline once done. */
import { pathToFileURL } from 'node:url';
import { checkRoom, freeBytes, spaceFault } from './access.mjs';
import { parts } from './parts.mjs';
import { cacheFolder } from './pins.mjs';
import { messageOf, runScript } from './run.mjs';
import { clock } from './show/line.mjs';
import { clearWorkplaces } from './workplace.mjs';

/** @import { Part, Room } from './parts.mjs' */

/** With fewer free bytes than this, a disk counts as full. */
const fullBytes = 1e7;

/** The width of the column of names. */
const nameWidth = Math.max(...parts.map(({ name }) => name.length));

/**
 * Installs a part if it is needed, and missing, damaged or outdated, and prints what was done and how long it took.
 * @param {Part} part
 * @param {(line: string) => void} log
 * @throws {Error} one sentence that names the part that cannot be installed, and how to get it
 */
export function install(part, log = console.log) {
  const { ok, optional, fault = 'missing', remedy } = part.inspect();
  if (ok || optional) {
    return;
  }
  if (part.install === undefined) {
    throw new Error(`${part.name} is missing: ${remedy}.`);
  }
  if (!fault.startsWith('missing')) {
    log(`${part.name} is not in order:\n  ${fault}`);
  }
  const start = performance.now();
  let done;
  try {
    done = installIn(part.room?.(), () => part.install?.(log));
  } catch (error) {
    throw new Error(`${part.name} cannot be installed: ${messageOf(error)}`, { cause: error });
  }
  const after = part.inspect();
  if (!after.ok) {
    throw new Error(
      `${part.name} still fails after its set-up (${after.fault ?? 'missing'}): ${after.remedy}.`,
    );
  }
  const seconds = (performance.now() - start) / 1000;
  log([part.name.padEnd(nameWidth), (done ?? 'installed').padEnd(24), clock(seconds)].join('  '));
}

/**
 * @template Done
 * @param {Room | undefined} room
 * @param {() => Done} work
 */
function installIn(room, work) {
  if (room === undefined) {
    return work();
  }
  checkRoom(room.folder, room.bytes);
  try {
    return work();
  } catch (error) {
    // Others write to the disk, too.
    const fault = spaceFault(room.folder, room.bytes);
    if (fault === undefined) {
      throw error;
    }
    // Where some space is left, the failure may have another cause.
    const cause =
      freeBytes(room.folder) < fullBytes ? '' : `${messageOf(error).replace(/\.$/, '')}. `;
    throw new Error(`${cause}${fault}`, { cause: error });
  }
}

/**
 * Installs all parts in order. What an earlier call left unfinished is removed.
 * @param {(line: string) => void} log
 * @throws {Error} as `install` does
 */
export function setup(log = console.log) {
  clearWorkplaces(cacheFolder);
  for (const part of parts) {
    install(part, log);
  }
  log('set-up: complete');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  runScript('set-up', setup);
}
