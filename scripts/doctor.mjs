/** Lists each part with its version and source, or with its fault and what to do. */
import { pathToFileURL } from 'node:url';
import { addonFile } from './addon-place.mjs';
import { inspectDevice } from './cuda-device.mjs';
import { cudaLibraryFile } from './cuda-library.mjs';
import { parts } from './parts.mjs';

/** @import { Finding } from './finding.mjs' */

/** Set-up does not need the device; doctor asks it. */
const device = { name: 'CUDA device', inspect: () => inspectDevice(addonFile(), cudaLibraryFile) };

/**
 * `✓` in order, `–` missing and not needed, `✗` missing, damaged, outdated or unreadable.
 * @param {Finding} finding
 * @param {string} title
 */
function line({ ok, optional, version, from, fault, remedy }, title) {
  if (ok) {
    return `✓ ${title}  ${version}, from ${from}`;
  }
  if (optional) {
    return `– ${title}  ${remedy}`;
  }
  return `✗ ${title}  ${fault === undefined ? 'missing:' : `${fault};`} ${remedy}`;
}

/**
 * Prints each part with its version and source; returns whether every part is in order.
 * @param {(line: string) => void} log
 */
export function doctor(log = console.log) {
  const rows = [...parts, device].map((part) => ({ name: part.name, ...part.inspect() }));
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const row of rows) {
    log(line(row, row.name.padEnd(width)));
  }
  return rows.every(({ ok, optional = false }) => ok || optional);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = doctor() ? 0 : 1;
}
