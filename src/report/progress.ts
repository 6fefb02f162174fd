/** Shows the progress of a long operation: a line that is rewritten on a terminal, elsewhere a line every few seconds. */
import { displayWidth, shorten, wrap } from '../width.js';

/** The state of an operation; numbers that are not known yet are left out. */
export interface ProgressState {
  /** What the operation works on, e.g. a task. */
  name?: string;
  /** Name of the present step, e.g. `epoch 3/10`. */
  label: string;
  /** Images done so far. */
  done: number;
  /** Images of the step. */
  total: number;
  imagesPerSecond?: number;
  /** Mean loss since the step began. */
  loss?: number;
  /** Share of images whose top class is right, 0…1. */
  accuracy?: number;
  /** Share of the time spent waiting for the next batch, 0…1. */
  waitShare?: number;
  /** Seconds until the whole operation is expected to end. */
  secondsLeft?: number;
}

/** Shows progress. Lasting lines are printed with {@link ProgressReporter.print}. */
export interface ProgressReporter {
  update(state: ProgressState): void;
  /** Erases the line of progress and writes a lasting one; on a terminal it is broken between words. */
  print(line: string): void;
  /** Erases the line of progress. */
  end(): void;
}

/** Runs `work` with a reporter on stderr and erases its line at the end, even if the work fails. */
export async function withProgress<Result>(
  work: (progress: ProgressReporter) => Promise<Result>,
): Promise<Result> {
  const progress = createProgress(process.stderr);
  try {
    return await work(progress);
  } finally {
    progress.end();
  }
}

/** Milliseconds between two lines: of the rewritten one, and of plain ones. */
const interval = { terminal: 100, plain: 5000 };

/** The columns of plain lines, and of a terminal that does not tell them. */
const usualColumns = 80;

/** Columns that the rewritten line leaves free: for the `^C` of a terminal, and the last, after which some go on to the next row. */
const kept = 3;

/** A reporter for `stream`: one line that is rewritten on a terminal, else plain lines. */
export function createProgress(stream: NodeJS.WriteStream): ProgressReporter {
  return stream.isTTY && process.env.TERM !== 'dumb' ? liveProgress(stream) : plainProgress(stream);
}

function liveProgress(stream: NodeJS.WriteStream): ProgressReporter {
  const nothing = { label: '', at: 0, width: 0 };
  let shown = nothing;
  const columns = () => stream.columns || usualColumns;
  const replace = (text: string) => {
    if (shown.width > 0 || text !== '') {
      // A line that no longer fits a terminal made narrower goes on in the rows below.
      const above = Math.ceil(shown.width / columns()) - 1;
      // In the top row, tmux keeps what `J`, erasing the rows below too, removes.
      const [before, after] = above > 0 ? [`\x1b[${above}A\x1b[J`, ''] : ['', '\x1b[K'];
      const [first, ...rest] = text.split('\n');
      stream.write(shown.width > 0 ? [`\r${before}${first}${after}`, ...rest].join('\n') : text);
    }
    shown = nothing;
  };
  return {
    update(state) {
      const now = Date.now();
      const label = `${state.name} ${state.label}`;
      if (label === shown.label && now - shown.at < interval.terminal) {
        return;
      }
      const line = progressLine(state, columns() - kept);
      replace(line);
      shown = { label, at: now, width: displayWidth(line) };
    },
    print: (line) => replace(`${wrap(line, columns())}\n`),
    end: () => replace(''),
  };
}

function plainProgress(stream: NodeJS.WritableStream): ProgressReporter {
  let shownAt = Date.now();
  return {
    update(state) {
      if (Date.now() - shownAt < interval.plain) {
        return;
      }
      shownAt = Date.now();
      stream.write(`${progressLine(state, usualColumns, { bar: false })}\n`);
    },
    print(line) {
      stream.write(`${line}\n`);
    },
    end() {},
  };
}

/** Columns between two parts of a line. */
const gap = '  ';

const bar = { least: 5, most: 20 };

/**
 * `state` in at most `columns` columns, from 40 on: name, label, bar and numbers. A long name is shortened first; then numbers are
 * left out, but never the time left; then the label is shortened. The bar takes what is left.
 */
export function progressLine(
  state: ProgressState,
  columns: number,
  show: { bar: boolean } = { bar: true },
): string {
  const parts = numbersOf(state);
  const { name = '' } = state;
  const least = displayWidth(titleOf({ ...state, name: shorten(name, leastName) }, columns));
  const width = () => parts.reduce((sum, { text }) => sum + gap.length + text.length, 0);
  for (const number of leftOut) {
    const index = parts.findIndex((part) => part.name === number);
    if (index !== -1 && least + width() > columns) {
      parts.splice(index, 1);
    }
  }
  const title = titleOf(state, columns - width());
  const left = columns - width() - displayWidth(title) - gap.length;
  const drawn = show.bar && left >= bar.least ? [drawBar(state, Math.min(left, bar.most))] : [];
  return [title, ...drawn, ...parts.map(({ text }) => text)].join(gap);
}

/** A name is shortened to at least so many columns, or left out. */
const leastName = 8;

function titleOf({ name = '', label }: ProgressState, columns: number): string {
  const room = columns - displayWidth(label) - 1;
  const fits = name !== '' && room >= Math.min(leastName, displayWidth(name));
  return fits ? `${shorten(name, room)} ${label}` : shorten(label, columns);
}

function drawBar({ done, total }: ProgressState, columns: number): string {
  const filled = Math.round(columns * Math.min(1, done / Math.max(1, total)));
  return '█'.repeat(filled) + '░'.repeat(columns - filled);
}

/** The numbers that a narrow line lacks, in the order in which they are left out. */
const leftOut = ['accuracy', 'loss', 'images', 'wait', 'rate'];

function numbersOf(state: ProgressState): { name: string; text: string }[] {
  const { done, total, loss, accuracy, imagesPerSecond: rate, waitShare, secondsLeft } = state;
  const texts = {
    images: `${done}/${total}`,
    loss: loss === undefined ? undefined : `loss ${loss.toFixed(3)}`,
    accuracy: accuracy === undefined ? undefined : `accuracy ${accuracy.toFixed(3)}`,
    rate: rate === undefined ? undefined : `${rate.toFixed(rate < 10 ? 1 : 0)} images/s`,
    wait: waitShare === undefined ? undefined : `wait ${(100 * waitShare).toFixed(0)} %`,
    left: secondsLeft === undefined ? undefined : `${clock(secondsLeft)} left`,
  };
  return Object.entries(texts).flatMap(([name, text]) =>
    text === undefined ? [] : { name, text },
  );
}

/** `seconds` as `m:ss` or `h:mm:ss`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => `${value}`.padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) {
    return `${minutes}:${two(whole % 60)}`;
  }
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}
