/** Warnings of the process: Bobbin's own as one line, like those that the commands find themselves. */
import { print } from '../../width.js';

/** Writes warnings whose code begins with `BOBBIN_` to stderr as `! …`. Node writes the others as usual. */
export function watchWarnings(): void {
  const usual = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning: NodeJS.ErrnoException) => {
    if (warning.code?.startsWith('BOBBIN_')) {
      print(`! ${warning.message}`, process.stderr);
    } else {
      for (const write of usual) {
        write(warning);
      }
    }
  });
}
