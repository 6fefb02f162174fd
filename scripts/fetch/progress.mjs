/** Shows how far a download or its unpacking is: megabytes, rate and time left. */
import fs from 'node:fs';
import path from 'node:path';
import { clock, lineColumns, withLine } from '../show/line.mjs';

/**
 * Runs `work` and shows its progress on standard error.
 * @template Result
 * @param {string} label what is done with what
 * @param {number} total bytes
 * @param {() => number} measure bytes done so far
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export function withProgress(label, total, measure, work) {
  const start = { bytes: measure(), ms: performance.now() };
  return withLine(() => {
    const numbers = describe(start, measure(), total);
    const room = lineColumns() - numbers.length - 2;
    const name = label.length > room ? `${label.slice(0, room - 1)}…` : label;
    return `${name}: ${numbers}`;
  }, work);
}

/**
 * For example `120 of 274 MB  12.3 MB/s  0:13 left`.
 * @param {{bytes: number, ms: number}} start
 * @param {number} bytes
 * @param {number} total
 */
function describe(start, bytes, total) {
  const fresh = bytes - start.bytes;
  const rate = (1000 * fresh) / (performance.now() - start.ms);
  const done = `${megabytes(bytes)} of ${megabytes(total)} MB  ${(rate / 1e6).toFixed(1)} MB/s`;
  // Before the first megabyte, the rate is that of the connection's start.
  return fresh < 1e6 ? done : `${done}  ${clock(Math.max(0, total - bytes) / rate)} left`;
}

/**
 * Measures the wheels that others write below a folder, whole and in part. pip copies each, so of one name the largest counts.
 * @param {string} folder
 * @returns {() => number} bytes
 */
export function measureIn(folder) {
  let bytes = 0;
  return () => {
    try {
      bytes = wheelBytesIn(folder);
    } catch {
      // A folder in it has just been removed.
    }
    return bytes;
  };
}

/** @param {string} folder */
function wheelBytesIn(folder) {
  /** @type {Map<string, number>} */
  const sizes = new Map();
  for (const file of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const name = path.basename(file);
    const stat = fs.lstatSync(path.join(folder, file), { throwIfNoEntry: false });
    if (stat?.isFile() && /^partial-|\.whl$/.test(name)) {
      sizes.set(name, Math.max(stat.size, sizes.get(name) ?? 0));
    }
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

/** @param {number} bytes */
const megabytes = (bytes) => (bytes / 1e6).toFixed(0);
