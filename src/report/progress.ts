/** Shows the progress of a long operation: a bar on a terminal, elsewhere a line every few seconds. */
import cliProgress from 'cli-progress';

/** The state of an operation; numbers that are not known yet are left out. */
export interface ProgressState {
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

/** Shows progress. Print lasting lines with {@link ProgressReporter.print}. */
export interface ProgressReporter {
  update(state: ProgressState): void;
  /** Writes a line and ends the current bar. */
  print(line: string): void;
  /** Ends the current bar, whose timer would keep the process alive. */
  end(): void;
}

/** Runs `work` with a reporter on stderr and ends its bar, even if the work fails. */
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

/** Milliseconds between two plain lines. */
const lineInterval = 5000;

/** A reporter for `stream`: a bar on a terminal, else plain lines. */
export function createProgress(stream: NodeJS.WriteStream): ProgressReporter {
  return stream.isTTY ? barProgress(stream) : lineProgress(stream);
}

function barProgress(stream: NodeJS.WriteStream): ProgressReporter {
  let bar: cliProgress.SingleBar | undefined;
  let label = '';
  const end = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    update(state) {
      if (bar !== undefined && label !== state.label) {
        end();
      }
      if (bar === undefined) {
        label = state.label;
        bar = new cliProgress.SingleBar({
          stream,
          format: '{label} [{bar}] {value}/{total} {numbers}',
          barsize: 16,
          barCompleteChar: '█',
          barIncompleteChar: '░',
          clearOnComplete: true,
          linewrap: true,
          // The bar changes no terminal state, and the command handles Ctrl-C.
          gracefulExit: false,
        });
        bar.start(state.total, state.done, { label, numbers: describeProgress(state) });
      }
      bar.update(state.done, { label, numbers: describeProgress(state) });
    },
    print(line) {
      end();
      stream.write(`${line}\n`);
    },
    end,
  };
}

function lineProgress(stream: NodeJS.WritableStream): ProgressReporter {
  let shownAt = Date.now();
  return {
    update(state) {
      if (Date.now() - shownAt < lineInterval) {
        return;
      }
      shownAt = Date.now();
      stream.write(`${state.label}  ${state.done}/${state.total}  ${describeProgress(state)}\n`);
    },
    print(line) {
      stream.write(`${line}\n`);
    },
    end() {},
  };
}

/** The numbers of `state` as one line, e.g. `loss 0.412  accuracy 0.871  95 images/s  data wait 2 %  1:05 left`. */
export function describeProgress(state: ProgressState): string {
  const parts: string[] = [];
  if (state.loss !== undefined) {
    parts.push(`loss ${state.loss.toFixed(3)}`);
  }
  if (state.accuracy !== undefined) {
    parts.push(`accuracy ${state.accuracy.toFixed(3)}`);
  }
  if (state.imagesPerSecond !== undefined) {
    parts.push(`${state.imagesPerSecond.toFixed(state.imagesPerSecond < 10 ? 1 : 0)} images/s`);
  }
  if (state.waitShare !== undefined) {
    parts.push(`data wait ${(100 * state.waitShare).toFixed(0)} %`);
  }
  if (state.secondsLeft !== undefined) {
    parts.push(`${clock(state.secondsLeft)} left`);
  }
  return parts.join('  ');
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
