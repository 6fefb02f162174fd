/** A line that shows work in progress: rewritten on a terminal, elsewhere printed every few seconds. */

/** Milliseconds until a terminal's line is rewritten. */
const redraw = 200;

/** The columns of a line; one less than a terminal's, since some go on to the next row in the last one. */
export const lineColumns = () => (process.stderr.columns || 80) - 1;

/**
 * Prints a lasting line.
 * @param {string} line
 */
export const notice = (line) => process.stderr.write(`${erase()}${line}\n`);

/** What empties the line that is rewritten. */
const erase = () => (process.stderr.isTTY ? '\r\x1b[K' : '');

/**
 * Runs `work` and shows on standard error what `describe` returns meanwhile.
 * @template Result
 * @param {() => string} describe in one line, which a terminal cuts at {@link lineColumns}
 * @param {() => Promise<Result>} work
 * @param {number} seconds between two lines when the output is a file or a pipe
 * @returns {Promise<Result>}
 */
export async function withLine(describe, work, seconds = 5) {
  const { isTTY } = process.stderr;
  const show = () => {
    const line = isTTY ? describe().slice(0, lineColumns()) : `${describe()}\n`;
    process.stderr.write(`${erase()}${line}`);
  };
  const timer = setInterval(show, isTTY ? redraw : 1000 * seconds);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    process.stderr.write(erase());
  }
}

/**
 * `m:ss`.
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
