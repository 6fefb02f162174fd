/** Lists each part with its version, where it came from, and what to do about what is missing. */
import { pathToFileURL } from 'node:url';
import { parts } from './parts.mjs';

/** Prints the list; returns whether every part is in order. */
export function doctor(log = console.log) {
  const rows = parts.map((part) => ({ name: part.name, ...part.inspect() }));
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { ok, name, version, from, remedy } of rows) {
    const state = ok ? `${version}, from ${from}` : `missing: ${remedy}`;
    log(`${ok ? '✓' : '✗'} ${name.padEnd(width)}  ${state}`);
  }
  return rows.every(({ ok }) => ok);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = doctor() ? 0 : 1;
