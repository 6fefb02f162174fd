/** Folders for downloads in progress. Each is named after its process, so that a later call clears away those of ended processes. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** Without a sign of life for so long, the workplace of a process that cannot be seen from here is abandoned. */
const silentSeconds = 600;

const workplaceName = /^fetch-([0-9a-f]{8}\.\d+)-(\d+)-(\d+)$/;

/** Part of a download, in a file named by the SHA-256 of the whole. Set-up deletes it after this number of days. */
const partial = { name: /^partial-[0-9a-f]{64}$/, days: 7 };

/** A person may call a folder as release 0.1.0 called its workplaces: there the content must be a workplace's, too. */
const older = {
  name: /^fetch-[A-Za-z0-9]{6}$/,
  content: /^(requirements\.txt|unpacked|.+\.whl)$/,
  requirements: /^([a-z0-9-]+==[\d.]+ --hash=sha256:[0-9a-f]{64}\n)+$/,
};

/**
 * Start time of a process, in clock ticks since boot; undefined if it has ended. It is field 22 of `/proc/PID/stat` (proc(5)),
 * counted from behind the program's name, which may contain spaces and brackets.
 * @param {string | number} pid
 */
function startOf(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Ended, but not yet waited for by its parent.
    return /[ZX]/.test(fields[0] ?? '') ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** What numbers processes: this boot of this machine, and the container. */
const scope = readScope();

function readScope() {
  try {
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
    const [container] = fs.readlinkSync('/proc/self/ns/pid').match(/\d+/) ?? [];
    return `${boot}.${container}`;
  } catch {
    // Without /proc, this process sees no other one.
    return `${randomBytes(4).toString('hex')}.0`;
  }
}

/**
 * Makes an empty folder in `parent` for this process, and removes those of ended processes.
 * @param {string} parent
 */
export function makeWorkplace(parent) {
  fs.mkdirSync(parent, { recursive: true });
  clearWorkplaces(parent);
  const folder = path.join(parent, `fetch-${scope}-${process.pid}-${startOf(process.pid) ?? 0}`);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder);
  return folder;
}

/**
 * Removes a workplace. The beginnings of downloads in it move to its parent, where `takePartial` finds them.
 * @param {string} folder
 */
export function removeWorkplace(folder) {
  for (const name of namesIn(folder).filter((name) => partial.name.test(name))) {
    fs.renameSync(path.join(folder, name), path.join(path.dirname(folder), name));
  }
  fs.rmSync(folder, { recursive: true, force: true });
}

/**
 * The path in a workplace for the download of a file.
 * @param {string} folder the workplace
 * @param {string} sha256 the file's
 */
export const partialFile = (folder, sha256) => path.join(folder, `partial-${sha256}`);

/**
 * Moves what an earlier set-up has left of a file to its path in a workplace. Two set-ups at once cannot both take that.
 * @param {string} folder the workplace
 * @param {string} sha256 the file's
 */
export function takePartial(folder, sha256) {
  const file = partialFile(folder, sha256);
  const left = path.join(path.dirname(folder), path.basename(file));
  try {
    fs.renameSync(left, file);
    fs.accessSync(file, fs.constants.R_OK | fs.constants.W_OK);
  } catch {
    // There is none, another set-up has taken it, or another user's is closed to this one.
    fs.rmSync(file, { force: true });
  }
}

/**
 * Removes the workplaces in `parent` whose processes have ended, even by `kill -9`, and old beginnings of downloads; another
 * user's may stay.
 * @param {string} parent
 */
export function clearWorkplaces(parent) {
  for (const name of namesIn(parent)) {
    const folder = path.join(parent, name);
    try {
      if (isAbandoned(folder)) {
        removeWorkplace(folder);
      } else if (isOldPartial(folder)) {
        fs.rmSync(folder);
      }
    } catch {
      // It is another user's, or another set-up has just removed it.
    }
  }
}

/** @param {string} parent */
function namesIn(parent) {
  try {
    return fs.readdirSync(parent);
  } catch {
    // There is no cache yet, or it is closed to this user: then checkRoom says so where it matters.
    return [];
  }
}

/** @param {string} folder */
function isAbandoned(folder) {
  if (!fs.lstatSync(folder).isDirectory()) {
    return false;
  }
  const [, where, pid = '', start] = path.basename(folder).match(workplaceName) ?? [];
  if (where === undefined) {
    return isOlder(folder) && isSilent(folder);
  }
  return where === scope ? startOf(pid) !== start : isSilent(folder);
}

/**
 * Whether release 0.1.0 made this workplace.
 * @param {string} folder
 */
function isOlder(folder) {
  if (!older.name.test(path.basename(folder))) {
    return false;
  }
  const names = fs.readdirSync(folder);
  return (
    names.includes('requirements.txt') &&
    names.every((name) => older.content.test(name)) &&
    older.requirements.test(fs.readFileSync(path.join(folder, 'requirements.txt'), 'utf8'))
  );
}

/** @param {string} file */
const isOldPartial = (file) =>
  partial.name.test(path.basename(file)) &&
  timeIn(path.dirname(file)) - fs.statSync(file).mtimeMs > 86_400_000 * partial.days;

/** @param {string} folder */
const isSilent = (folder) =>
  timeIn(path.dirname(folder)) - lastChange(folder) > 1000 * silentSeconds;

/**
 * The time by the clock of the file system of `parent`, which may be another machine's, in milliseconds since 1970.
 * @param {string} parent
 */
function timeIn(parent) {
  const probe = fs.mkdtempSync(path.join(parent, '.clock-'));
  const { mtimeMs } = fs.statSync(probe);
  fs.rmdirSync(probe);
  return mtimeMs;
}

/**
 * The time of the last change in a folder, in milliseconds since 1970. A download writes into it all the time.
 * @param {string} folder
 */
function lastChange(folder) {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const times = ['.', ...names].map(
    (name) => fs.lstatSync(path.join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  return Math.max(...times);
}
