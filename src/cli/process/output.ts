/** Errors on writing to the terminal, a pipe or a file that takes the output. */
import { writeError } from '../../disk/index.js';
import { reportError } from './exit.js';

/**
 * Lets the work go on where nobody reads its output any more: the reader of a pipe ended (EPIPE), or the terminal was closed
 * (EIO). Reports once any other error on stdout, such as a full disk, with exit code 1.
 */
export function watchOutput(): void {
  // There is no other place to tell it.
  process.stderr.on('error', () => {});
  let reported = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    const isGone = error.code === 'EPIPE' || (error.code === 'EIO' && process.stdout.isTTY);
    if (isGone || reported) {
      return;
    }
    reported = true;
    process.exitCode = reportError(writeError(error, 'the standard output'), false);
  });
}
