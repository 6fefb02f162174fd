/** How a command ends: its exit codes, and an error as one line. */
import { isatty } from 'node:tty';
import { print } from '../../width.js';

/** Exit codes, by which a script can distinguish the outcomes. */
export const exitCode = { error: 1, problems: 2 } as const;

/** The signals that stop a command at the next safe point, with their exit codes: 128 and the signal's number. */
export const stopCode = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export type StopSignal = keyof typeof stopCode;

/** Thrown after `signal`, when all finished work is saved. The message says how to continue. */
export class InterruptedError extends Error {
  override name = 'InterruptedError';

  constructor(
    message: string,
    readonly signal: StopSignal,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Thrown where another process failed, whose exit code becomes that of this one. */
export class ProcessError extends Error {
  override name = 'ProcessError';

  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}

const hasTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));

/** Writes `error` to stderr, and ends the process or sets its exit code. */
export function endWith(error: unknown, debug: boolean): void {
  process.exitCode = reportError(error, debug);
  const isHungUp = error instanceof InterruptedError && error.signal === 'SIGHUP';
  if (isHungUp && hasTerminal) {
    // At a usual end Node aborts where it cannot reset its terminal. A shell sees exit code 129 here, too.
    process.kill(process.pid, error.signal);
  }
}

/** Writes `error` to stderr, as one line or with `debug` as its stack, and returns its exit code. */
export function reportError(error: unknown, debug: boolean): number {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const line = message.replace(/\s*\n\s*/g, ' ');
  print(`bobbin: ${debug ? (stack ?? message) : line}`, process.stderr);
  if (error instanceof ProcessError) {
    return error.code;
  }
  return error instanceof InterruptedError ? stopCode[error.signal] : exitCode.error;
}
