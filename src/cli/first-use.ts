/** The first command that computes: on a terminal it offers to set Bobbin up, and then goes on. */
import { createInterface } from 'node:readline';
import { isatty } from 'node:tty';
import { isSetUp, notSetUp, setup } from '../set-up.js';
import { InterruptedError } from './process/exit.js';

/**
 * Returns if Bobbin is set up. If it is not, asks on a terminal, and runs set-up.
 *
 * @throws an Error that says how to set Bobbin up, where nobody can be asked or the answer is no.
 */
export async function ensureSetUp(): Promise<void> {
  // That variable names an addon that set-up did not make.
  if (process.env.BOBBIN_ADDON !== undefined || isSetUp()) {
    return;
  }
  // Set-up prints to the standard output, which may be a file of results.
  const canAsk = [0, 1, 2].every((descriptor) => isatty(descriptor)) && !process.env.CI;
  if (!(canAsk && (await agrees(`${notSetUp()}. Run it now? [Y/n] `)))) {
    throw new Error(`${notSetUp()}.`);
  }
  await setup();
}

/**
 * Whether a person answers a question with yes, or with Enter alone. Without an answer it is no.
 *
 * @throws InterruptedError on Ctrl-C.
 */
async function agrees(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      terminal.once('SIGINT', () => reject(new InterruptedError('set-up was not run', 'SIGINT')));
      terminal.once('close', () => resolve('no'));
      terminal.question(question, resolve);
    });
    return ['', 'y', 'yes'].includes(answer.trim().toLowerCase());
  } finally {
    terminal.close();
  }
}
