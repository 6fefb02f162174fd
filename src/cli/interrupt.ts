/** Ctrl-C as an AbortSignal: the first asks to stop at the next safe point, the second stops at once. */
import { exitCode, InterruptedError } from './exit.js';

/** Runs `work` with a signal that Ctrl-C aborts; a rejection with the signal's reason becomes an InterruptedError saying `howToContinue`. */
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
