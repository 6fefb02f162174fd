/** Shows how far a download or its unpacking is: a line that is rewritten on a terminal, elsewhere a line every five seconds. */

/** Milliseconds between two lines. */
const interval = { terminal: 200, plain: 5000 };

/**
 * Prints a lasting line.
 * @param {string} line
 */
export const notice = (line) => process.stderr.write(`${erase()}${line}\n`);

/** What empties the line that is rewritten. */
const erase = () => (process.stderr.isTTY ? '\r\x1b[K' : '');

/**
 * Runs `work` and shows its progress on standard error.
 * @template Result
 * @param {string} label what is done with what
 * @param {number} total bytes
 * @param {() => number} measure bytes done so far
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function withProgress(label, total, measure, work) {
  const { isTTY } = process.stderr;
  const start = { bytes: measure(), ms: performance.now() };
  const line = () => `${label}: ${describe(start, measure(), total)}`;
  const show = () => process.stderr.write(`${erase()}${line()}${isTTY ? '' : '\n'}`);
  const timer = setInterval(show, isTTY ? interval.terminal : interval.plain);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    process.stderr.write(erase());
  }
}

/**
 * For example `120 of 274 MB  12.3 MB/s  0:13 left`.
 * @param {{bytes: number, ms: number}} start
 * @param {number} bytes
 * @param {number} total
 */
function describe(start, bytes, total) {
  const rate = (1000 * (bytes - start.bytes)) / (performance.now() - start.ms);
  const done = `${megabytes(bytes)} of ${megabytes(total)} MB  ${(rate / 1e6).toFixed(1)} MB/s`;
  return rate > 0 ? `${done}  ${clock(Math.max(0, total - bytes) / rate)} left` : done;
}

/** @param {number} bytes */
const megabytes = (bytes) => (bytes / 1e6).toFixed(0);

/** @param {number} seconds */
function clock(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
