/** The record that set-up leaves in a folder that it laid down: from which inputs, and each file's size, time and hash. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { closedFault } from './access.mjs';

/**
 * A file as it was laid down: its bytes, the time of its last change in whole seconds, since archives and image layers keep
 * no fractions, and its SHA-256 in hex. Of a symbolic link, the target's path counts as its content.
 * @typedef {[bytes: number, seconds: number, sha256: string]} FileRecord
 */

/**
 * `inputs` is the hash of what the folder was made from; `files` has paths relative to the folder, or absolute ones.
 * @typedef {{inputs: string, files: Record<string, FileRecord>}} FolderRecord
 */

const recordName = '.bobbin-record.json';

/**
 * The paths of all files below `folder`, relative to it.
 * @param {string} folder
 */
export const filesBelow = (folder) =>
  fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !fs.lstatSync(path.join(folder, name)).isDirectory())
    .filter((name) => !name.startsWith(recordName))
    .sort();

/**
 * Hashes files and writes the record of `folder`.
 * @param {string} folder
 * @param {string} inputs
 * @param {string[]} names paths from `folder`, or absolute ones
 * @param {Record<string, FileRecord>} others further files whose records are known; those elsewhere by absolute path
 */
export function writeRecord(folder, inputs, names = filesBelow(folder), others = {}) {
  const files = Object.fromEntries(
    names.map((name) => [name, measure(path.resolve(folder, name))]),
  );
  const all = Object.entries({ ...files, ...others }).sort(([a], [b]) => (a < b ? -1 : 1));
  save(folder, { inputs, files: Object.fromEntries(all) });
}

/**
 * @param {string} folder
 * @param {FolderRecord} record
 */
function save(folder, record) {
  const file = path.join(folder, recordName);
  const fresh = `${file}.${process.pid}`;
  fs.writeFileSync(fresh, JSON.stringify(record));
  fs.renameSync(fresh, file);
}

/** @param {fs.Stats} stat */
const secondsOf = ({ mtimeMs }) => Math.floor(mtimeMs / 1000);

/**
 * @param {string} file
 * @returns {FileRecord}
 */
function measure(file) {
  const stat = fs.lstatSync(file);
  return [stat.size, secondsOf(stat), hashOf(file, stat)];
}

/**
 * @param {string} file
 * @param {fs.Stats} stat
 */
function hashOf(file, stat) {
  const hash = createHash('sha256');
  if (stat.isSymbolicLink()) {
    return hash.update(fs.readlinkSync(file)).digest('hex');
  }
  const buffer = Buffer.allocUnsafe(1 << 20);
  const descriptor = fs.openSync(file, 'r');
  try {
    for (let bytes = -1; bytes !== 0; ) {
      bytes = fs.readSync(descriptor, buffer);
      hash.update(buffer.subarray(0, bytes));
    }
  } finally {
    fs.closeSync(descriptor);
  }
  return hash.digest('hex');
}

/**
 * The record of `folder`, or undefined if it has none that can be used.
 * @param {string} folder
 * @returns {FolderRecord | undefined}
 */
export function readRecord(folder) {
  try {
    const record = JSON.parse(fs.readFileSync(path.join(folder, recordName), 'utf8'));
    const sound = Object.values(record.files).every((entry) => Array.isArray(entry));
    return sound ? record : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What is wrong with what set-up laid down in `folder`, or undefined if it is in order. Sizes and times are compared; where
 * they differ, hashes decide.
 * @param {string} folder
 * @param {string} inputs the hash of what it would be made from now
 * @returns {string | undefined}
 */
export function folderFault(folder, inputs) {
  const record = readRecord(folder);
  if (record === undefined) {
    return faultWithoutRecord(folder);
  }
  return record.inputs === inputs
    ? recordFault(folder, record)
    : `older than what it is made from: ${folder}`;
}

/** @param {string} folder */
function faultWithoutRecord(folder) {
  const file = path.join(folder, recordName);
  const closed = closedFault(file);
  if (closed !== undefined) {
    return closed;
  }
  if (!fs.existsSync(folder)) {
    return `missing: ${folder}`;
  }
  return fs.existsSync(file) ? `changed: ${file}` : `laid down by an older set-up: ${folder}`;
}

/**
 * The first file that is not as `record` says, and how it differs.
 * @param {string} folder
 * @param {FolderRecord} record
 * @returns {string | undefined}
 */
export function recordFault(folder, record) {
  let touched = false;
  for (const [name, entry] of Object.entries(record.files)) {
    const file = name.startsWith('/') ? name : `${folder}/${name}`;
    const stat = statOf(file);
    const fault = fileFault(file, stat, entry);
    if (fault !== undefined) {
      return fault;
    }
    const seconds = secondsOf(/** @type {fs.Stats} */ (stat));
    touched ||= seconds !== entry[1];
    entry[1] = seconds;
  }
  if (touched) {
    saveIfAllowed(folder, record);
  }
  return undefined;
}

/** @param {string} file */
function statOf(file) {
  try {
    return fs.lstatSync(file);
  } catch {
    return undefined;
  }
}

/**
 * @param {string} file
 * @param {fs.Stats | undefined} stat
 * @param {FileRecord} entry
 */
function fileFault(file, stat, [bytes, seconds, sha256]) {
  if (stat === undefined) {
    return closedFault(file) ?? `gone: ${file}`;
  }
  if (stat.size !== bytes) {
    const how = stat.size < bytes ? 'cut' : 'changed';
    return `${how}: ${file} has ${stat.size} of ${bytes} bytes`;
  }
  if (!stat.isFile() && !stat.isSymbolicLink()) {
    return `changed: ${file} is a folder or a special file`;
  }
  const closed = (stat.mode & 0o444) === 0o444 ? undefined : closedFault(file);
  const same = () => secondsOf(stat) === seconds || hashOf(file, stat) === sha256;
  return closed ?? (same() ? undefined : `changed: ${file}`);
}

/**
 * Spares the next call the hashes. A user who cannot write the record goes on without.
 * @param {string} folder
 * @param {FolderRecord} record
 */
function saveIfAllowed(folder, record) {
  try {
    save(folder, record);
  } catch {
    // The folder is another user's, or its file system is read-only.
  }
}
