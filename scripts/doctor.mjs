/** Lists each part with its version, where it came from, and what to do about what is missing. */
import { pathToFileURL } from 'node:url';
import { inspectDevice } from './cuda-device.mjs';
import { cudaLibraryFile } from './cuda-library.mjs';
import { addonFile, parts } from './parts.mjs';

/** Asks the GPU itself, which set-up need not. */
const device = { name: 'CUDA device', inspect: () => inspectDevice(addonFile, cudaLibraryFile) };

/** `✓` there, `–` not there and not needed, `✗` missing. */
function line({ ok, optional, version, from, remedy }, title) {
  if (ok) {
    return `✓ ${title}  ${version}, from ${from}`;
  }
  return optional ? `– ${title}  ${remedy}` : `✗ ${title}  missing: ${remedy}`;
}

/** Prints the list; returns whether every part is in order. */
export function doctor(log = console.log) {
  const rows = [...parts, device].map((part) => ({ name: part.name, ...part.inspect() }));
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const row of rows) {
    log(line(row, row.name.padEnd(width)));
  }
  return rows.every(({ ok, optional }) => ok || optional);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = doctor() ? 0 : 1;
}
