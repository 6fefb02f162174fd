/** Lists each part with its version, where it came from, and what to do about what is missing. */
import { pathToFileURL } from 'node:url';
import { parts } from './parts.mjs';

/** `✓` there, `–` not there and not needed, `✗` missing. */
function line({ ok, optional, version, from, remedy }, title) {
  if (ok) return `✓ ${title}  ${version}, from ${from}`;
  return optional ? `– ${title}  ${remedy}` : `✗ ${title}  missing: ${remedy}`;
}

/** Prints the list; returns whether every part is in order. */
export function doctor(log = console.log) {
  const rows = parts.map((part) => ({ name: part.name, ...part.inspect() }));
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const row of rows) log(line(row, row.name.padEnd(width)));
  return rows.every(({ ok, optional }) => ok || optional);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = doctor() ? 0 : 1;
