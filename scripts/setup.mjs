/** Brings every part Bobbin needs; safe to repeat, and quick and offline once done. */
import { pathToFileURL } from 'node:url';
import { parts } from './parts.mjs';

/** Installs what is missing, in order; throws one sentence naming what cannot be had and how to get it. */
export function setup(log = console.log) {
  for (const part of parts) {
    const { ok, optional, remedy } = part.inspect();
    if (ok || optional) {
      continue;
    }
    if (part.install === undefined) {
      throw new Error(`${part.name} is missing: ${remedy}.`);
    }
    log(`set-up: ${part.name} …`);
    part.install();
    if (!part.inspect().ok) {
      throw new Error(`${part.name} still fails after its set-up: ${remedy}.`);
    }
  }
  log('set-up: complete');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    setup();
  } catch (error) {
    console.error(`set-up: ${error.message}`);
    process.exitCode = 1;
  }
}
