/** Installs every part that Bobbin needs; safe to repeat, and quick and offline once done. */
import { pathToFileURL } from 'node:url';
import { parts } from './parts.mjs';
import { messageOf, runScript } from './run.mjs';

/** @import { Part } from './parts.mjs' */

/**
 * Installs a part if it is missing and needed.
 * @param {Part} part
 * @param {(line: string) => void} log
 * @throws {Error} one sentence that names the part that cannot be installed, and how to get it
 */
export function install(part, log = console.log) {
  const { ok, optional, remedy } = part.inspect();
  if (ok || optional) {
    return;
  }
  if (part.install === undefined) {
    throw new Error(`${part.name} is missing: ${remedy}.`);
  }
  log(`set-up: ${part.name} …`);
  try {
    part.install();
  } catch (error) {
    throw new Error(`${part.name} cannot be installed: ${messageOf(error)}`, { cause: error });
  }
  if (!part.inspect().ok) {
    throw new Error(`${part.name} still fails after its set-up: ${remedy}.`);
  }
}

/**
 * Installs all parts in order.
 * @param {(line: string) => void} log
 * @throws {Error} as `install` does
 */
export function setup(log = console.log) {
  for (const part of parts) {
    install(part, log);
  }
  log('set-up: complete');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  runScript('set-up', setup);
}
