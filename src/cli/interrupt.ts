/** Ctrl-C as an AbortSignal: the first stops the work at the next safe point, the second stops the process at once. */
import { exitCode, InterruptedError } from './exit.js';

/**
 * Runs `work` with a signal that Ctrl-C aborts.
 *
 * @throws InterruptedError with the message `howToContinue` when `work` rejects with the signal's reason.
 */
export async function interruptible<Result>(
  howToContinue: string,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) {
      process.exit(exitCode.interrupted);
    }
    process.stderr.write('\nStopping at the next safe point; Ctrl-C again stops at once.\n');
    controller.abort();
  };
  process.on('SIGINT', stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted || error !== controller.signal.reason) {
      throw error;
    }
    throw new InterruptedError(howToContinue, { cause: error });
  } finally {
    process.off('SIGINT', stop);
  }
}
