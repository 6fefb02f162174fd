/** How a command ends: its exit codes, and an error as one line. */

/** Exit codes, by which a script can distinguish the outcomes. */
export const exitCode = { error: 1, problems: 2, interrupted: 130 } as const;

/** Thrown after Ctrl-C, when all finished work is saved. The message says how to continue. */
export class InterruptedError extends Error {
  override name = 'InterruptedError';
}

/** Writes `error` to stderr, as one line or with `debug` as its stack, and returns its exit code. */
export function reportError(error: unknown, debug: boolean): number {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const line = message.replace(/\s*\n\s*/g, ' ');
  process.stderr.write(`bobbin: ${debug ? (stack ?? message) : line}\n`);
  return error instanceof InterruptedError ? exitCode.interrupted : exitCode.error;
}
