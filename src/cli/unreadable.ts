/** Lists unreadable images on stderr. */

import { type ImageFile, imageName } from '../dataset/index.js';
import { count } from '../plural.js';

const shown = 10;

/** Lists the first ten images and the reasons. `consequence` says what happened to their rows. */
export function warnUnreadable(
  failures: readonly (ImageFile & { reason: string })[],
  consequence: string,
): void {
  if (failures.length === 0) {
    return;
  }
  const lines = failures
    .slice(0, shown)
    .map((failure) => `  ${imageName(failure)}: ${failure.reason}`);
  if (failures.length > shown) {
    lines.push(`  … and ${failures.length - shown} more`);
  }
  process.stderr.write(
    `${count(failures.length, 'unreadable image')}, ${consequence}:\n${lines.join('\n')}\n`,
  );
}
