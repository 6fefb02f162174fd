/** Why this user cannot read a file, or write to a folder, and whether a folder has enough space. */
import fs from 'node:fs';
import path from 'node:path';

/** This user, in an error's words. */
const thisUser = () => `user ${process.getuid?.() ?? 'unknown'}`;

/**
 * `file` and the folders around it, from the root on.
 * @param {string} file
 * @returns {string[]}
 */
function pathTo(file) {
  const parent = path.dirname(file);
  return parent === file ? [file] : [...pathTo(parent), file];
}

/**
 * @param {string} file
 * @param {number} mode of `fs.constants`
 */
function accessCode(file, mode) {
  try {
    fs.accessSync(file, mode);
    return undefined;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code;
  }
}

/**
 * `not readable by user 1000: FILE`, and the folder around it that is closed to this user; undefined if the user may read the
 * file or list the folder, or it is not there.
 * @param {string} file an absolute path
 */
export function closedFault(file) {
  const closed = pathTo(file).find((place) => {
    const mode = place === file ? fs.constants.R_OK : fs.constants.X_OK;
    return accessCode(place, mode) === 'EACCES';
  });
  if (closed === undefined) {
    return undefined;
  }
  const where = closed === file ? '' : `, since ${closed} is closed to others`;
  return `not readable by ${thisUser()}: ${file}${where}`;
}

/**
 * The nearest folder around `folder`, or itself, that exists.
 * @param {string} folder
 */
const existing = (folder) =>
  pathTo(folder)
    .reverse()
    .find((place) => fs.existsSync(place)) ?? '/';

/**
 * Bytes that this user may still write to the file system of `folder`, which need not exist.
 * @param {string} folder
 */
export function freeBytes(folder) {
  const { bavail, bsize } = fs.statfsSync(existing(folder));
  return bavail * bsize;
}

/**
 * That `folder` has too little free space, in one sentence without a full stop, or undefined.
 * @param {string} folder need not exist
 * @param {number} bytes what will be written there
 */
export function spaceFault(folder, bytes) {
  const free = freeBytes(folder);
  const [needed, found] = [Math.ceil(bytes / 1e6), Math.floor(free / 1e6)];
  return free < bytes
    ? `Expected ${needed} MB of free space for ${folder} but received ${found} MB`
    : undefined;
}

/**
 * @param {string} folder need not exist
 * @param {number} bytes what will be written there
 * @throws {Error} one sentence, when this user cannot write to `folder` and the one around it, or there is too little space
 */
export function checkRoom(folder, bytes) {
  for (const place of [existing(path.dirname(folder)), existing(folder)]) {
    const code = accessCode(place, fs.constants.W_OK | fs.constants.X_OK);
    if (code !== undefined) {
      const why = code === 'EROFS' ? 'its file system is read-only' : `${place} is closed to it`;
      throw new Error(
        `Expected a folder that ${thisUser()} can write but received ${folder}: ${why}; run set-up as a user who can; BOBBIN_CACHE names another cache`,
      );
    }
  }
  const fault = spaceFault(folder, bytes);
  if (fault !== undefined) {
    throw new Error(fault);
  }
}
