/** What the tests of an installation need: npm's registry, and one on this machine with the packages. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packClient } from './client-package.js';
import { installTools, packages } from './packages.js';
import type { Place } from './project.js';
import { startRegistry } from './registry.js';

/** Why nothing can be installed here, or false. */
export function offline(): string | false {
  try {
    execFileSync('npm', ['view', '@tensorflow/tfjs', 'version', '--fetch-retries', '0'], {
      stdio: 'ignore',
      timeout: 20_000,
    });
    return false;
  } catch {
    return "npm's registry cannot be reached from here";
  }
}

/** Does `work` with the packages of this checkout in a registry, and with a temporary folder. */
export async function inSetting(work: (place: Place) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bobbin-'));
  try {
    const registry = await startRegistry([...packages(folder), await packClient(folder)]);
    try {
      await work({ folder, registry: registry.url, tools: installTools() });
    } finally {
      registry.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
