/** How a command ends: its exit codes, and an error as one line. */

/** Codes a script can tell apart. */
export const exitCode = { error: 1, problems: 2, interrupted: 130 } as const;

/** Ctrl-C, after everything worth keeping was kept; the message says how to go on. */
export class InterruptedError extends Error {
  override name = 'InterruptedError';
}

/** Writes `error` to stderr, one line or with `debug` its stack, and gives the exit code it means. */
export function reportError(error: unknown, debug: boolean): number {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const line = message.replace(/\s*\n\s*/g, ' ');
  process.stderr.write(`bobbin: ${debug ? (stack ?? message) : line}\n`);
  return error instanceof InterruptedError ? exitCode.interrupted : exitCode.error;
}
