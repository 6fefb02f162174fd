/** Lists unreadable images on stderr. */

import { type ImageFile, imageName } from '../dataset/index.js';
import { count } from '../plural.js';
import { print, printable } from '../width.js';

const shown = 10;

/**
 * Lists the first ten images and the reasons. `consequence` says what happened to their rows; `total` is the number of such
 * images where `failures` are only the first of them.
 */
export function warnUnreadable(
  failures: readonly (ImageFile & { reason: string })[],
  consequence: string,
  total = failures.length,
): void {
  if (failures.length === 0) {
    return;
  }
  const lines = failures
    .slice(0, shown)
    .map((failure) => `  ${printable(imageName(failure))}: ${failure.reason}`);
  if (total > lines.length) {
    lines.push(`  … and ${total - lines.length} more`);
  }
  const title = `${count(total, 'unreadable image')}, ${consequence}:`;
  print([title, ...lines].join('\n'), process.stderr);
}
