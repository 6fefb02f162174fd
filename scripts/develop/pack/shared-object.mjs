/** What a shared library needs of the system, and what it gives to others, as binutils print it. */
import { ask } from '../../run.mjs';
import { requireTools } from './tools.mjs';

/**
 * `needed` are the names of libraries, `runpath` the folders where they are sought first. `versions` has the newest version of
 * each set that libraries must have, such as `GLIBC: '2.27'`, and `marks` the versions that have no number, such as
 * `GLIBC_PRIVATE`. `exported` are the symbols that it defines.
 * @typedef {{needed: string[], runpath: string[], versions: Record<string, string>, marks: string[], exported: string[]}} SharedObject
 */

/**
 * @param {string} file
 * @returns {SharedObject}
 * @throws {Error} when readelf is missing, or cannot read the file
 */
export function readSharedObject(file) {
  const [dynamic, symbols] = [readelf('-d', file), readelf('--dyn-syms', file)];
  // Only what is needed has flags. A need may have no symbol, such as GLIBC_ABI_DT_RELR.
  const needs = readelf('--version-info', file).matchAll(/Name: (\S+) +Flags:/g);
  const names = [...needs].map(([, name = '']) => name);
  /** @param {string} tag */
  const entries = (tag) =>
    [...dynamic.matchAll(new RegExp(`\\(${tag}\\).*\\[(.*)\\]`, 'g'))].map(([, text = '']) => text);
  const rows = symbols
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words.length >= 8 && /^(GLOBAL|WEAK|UNIQUE)$/.test(words[4] ?? ''));
  return {
    needed: entries('NEEDED'),
    runpath: entries('RUNPATH').flatMap((folders) => folders.split(':')),
    versions: newestVersions(names),
    marks: names.filter((name) => !numbered.test(name)),
    exported: rows.filter((words) => words[6] !== 'UND').map((words) => words[7] ?? ''),
  };
}

/**
 * @param {string} option
 * @param {string} file
 */
function readelf(option, file) {
  const output = ask('readelf', ['--wide', option, file]);
  if (output === undefined) {
    requireTools({ readelf: 'binutils' });
    throw new Error(`Expected a shared library but received ${file}`);
  }
  return output;
}

/** A set and a number, such as `GLIBC_2.2.5`. */
const numbered = /^(\w+?)_(\d+(?:\.\d+)*)$/;

/**
 * @param {string[]} names
 * @returns {Record<string, string>}
 */
function newestVersions(names) {
  /** @type {Record<string, string>} */
  const newest = {};
  for (const name of names) {
    const [, set, version] = name.match(numbered) ?? [];
    if (set !== undefined && version !== undefined && isNewer(version, newest[set] ?? '0')) {
      newest[set] = version;
    }
  }
  return newest;
}

/**
 * Whether version `one`, such as `2.27`, comes after `other`.
 * @param {string} one
 * @param {string} other
 */
export const isNewer = (one, other) => one.localeCompare(other, 'en', { numeric: true }) > 0;
