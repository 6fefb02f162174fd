/** What the tests of an installation need: npm's registry, and one on this machine with the packages. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { reachRegistry } from '../support/packages/npm.js';
import { packClient } from './client-package.js';
import { installTools, packages } from './packages.js';
import type { Place } from './project.js';
import { startRegistry } from './registry.js';

/**
 * Does `work` with the packages of this checkout in a registry, and with a temporary folder.
 * @throws RegistryUnreachable where npm's registry cannot be reached
 */
export async function inSetting(work: (place: Place) => Promise<void>): Promise<void> {
  reachRegistry();
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
