/** Ctrl-C, SIGTERM and SIGHUP as an AbortSignal: the first stops the work at the next safe point, the second at once. */
import { print } from '../../width.js';
import { InterruptedError, type StopSignal, stopCode } from './exit.js';

/** npm passes on a Ctrl-C that the terminal has sent to Bobbin, too: within this time, in milliseconds, both are one. */
const sameRequest = 500;

/**
 * Runs `work` with an abort signal that SIGINT (Ctrl-C), SIGTERM (containers, batch systems) and SIGHUP (the terminal was
 * closed) abort. A second SIGINT or SIGTERM ends the process.
 *
 * @throws InterruptedError with the message `howToContinue` when `work` rejects with the abort signal's reason.
 */
export async function interruptible<Result>(
  howToContinue: string,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  let first: { signal: StopSignal; at: number } | undefined;
  const stop = (signal: StopSignal) => {
    if (first === undefined) {
      first = { signal, at: performance.now() };
      const sentence = 'Stopping at the next safe point; a second Ctrl-C or SIGTERM stops at once.';
      print(`\n${sentence}`, process.stderr);
      controller.abort();
      return;
    }
    // A shell repeats the SIGHUP of its terminal.
    const isRepeated = signal === 'SIGHUP' || performance.now() - first.at <= sameRequest;
    if (!isRepeated) {
      process.exit(stopCode[signal]);
    }
  };
  const signals = Object.keys(stopCode) as StopSignal[];
  for (const signal of signals) {
    process.on(signal, stop);
  }
  try {
    return await work(controller.signal);
  } catch (error) {
    if (first === undefined || error !== controller.signal.reason) {
      throw error;
    }
    throw new InterruptedError(howToContinue, first.signal, { cause: error });
  } finally {
    for (const signal of signals) {
      process.off(signal, stop);
    }
  }
}
