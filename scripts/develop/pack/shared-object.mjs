/** What a shared library needs of the system, and what it gives to others, as binutils print it. */
import { ask } from '../../run.mjs';

/**
 * `needed` are the names of libraries, `runpath` the folders where they are sought first. `versions` has the newest version of
 * each set of symbols that must be there, such as `GLIBC: '2.27'`. `exported` are the symbols that it defines.
 * @typedef {{needed: string[], runpath: string[], versions: Record<string, string>, exported: string[]}} SharedObject
 */

/**
 * @param {string} file
 * @returns {SharedObject}
 * @throws {Error} when the file is no shared library, or binutils are missing
 */
export function readSharedObject(file) {
  const [dynamic, symbols] = [readelf('-d', file), readelf('--dyn-syms', file)];
  /** @param {string} tag */
  const entries = (tag) =>
    [...dynamic.matchAll(new RegExp(`\\(${tag}\\).*\\[(.*)\\]`, 'g'))].map(([, text = '']) => text);
  const names = symbols
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words.length >= 8 && /^(GLOBAL|WEAK|UNIQUE)$/.test(words[4] ?? ''));
  const undefinedNames = names.filter((words) => words[6] === 'UND').map((words) => words[7] ?? '');
  return {
    needed: entries('NEEDED'),
    runpath: entries('RUNPATH').flatMap((folders) => folders.split(':')),
    versions: newestVersions(undefinedNames),
    exported: names.filter((words) => words[6] !== 'UND').map((words) => words[7] ?? ''),
  };
}

/**
 * @param {string} option
 * @param {string} file
 */
function readelf(option, file) {
  const output = ask('readelf', ['--wide', option, file]);
  if (output === undefined) {
    throw new Error(`Expected a shared library, and binutils to read it, but received ${file}`);
  }
  return output;
}

/**
 * @param {string[]} symbols such as `exp@GLIBC_2.2.5`
 * @returns {Record<string, string>}
 */
function newestVersions(symbols) {
  /** @type {Record<string, string>} */
  const newest = {};
  for (const symbol of symbols) {
    const [, set, version] = symbol.match(/@(\w+?)_(\d+(?:\.\d+)*)$/) ?? [];
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
