/** Names the images that could not be read, on stderr. */
import { type ImageFile, imageName } from '../dataset/index.js';

const shown = 10;

/** `consequence` says what became of them. */
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
    `${failures.length} unreadable images, ${consequence}:\n${lines.join('\n')}\n`,
  );
}
