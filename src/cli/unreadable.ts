/** Names the images that could not be read, on stderr. */
const shown = 10;

/** `consequence` says what became of them. */
export function warnUnreadable(
  failures: readonly { path: string; reason: string }[],
  consequence: string,
): void {
  if (failures.length === 0) return;
  const lines = failures.slice(0, shown).map(({ path, reason }) => `  ${path}: ${reason}`);
  if (failures.length > shown) lines.push(`  … and ${failures.length - shown} more`);
  process.stderr.write(
    `${failures.length} unreadable images, ${consequence}:\n${lines.join('\n')}\n`,
  );
}
