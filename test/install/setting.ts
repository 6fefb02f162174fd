/** What the tests of an installation need: npm's registry, and one on this machine with the packages. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { reachRegistry } from '../support/packages/npm.js';
import { packClient } from './client-package.js';
import { installTools, packages } from './packages.js';
import type { Place } from './project.js';
import { startRegistry } from './registry.js';

export interface Setting extends Place {
  /** The packages of this checkout, which the registry serves. */
  tarballs: string[];
}

/**
 * Does `work` with the packages of this checkout in a registry, and with a temporary folder.
 * @throws RegistryUnreachable where npm's registry cannot be reached
 */
export async function inSetting(work: (setting: Setting) => Promise<void>): Promise<void> {
  reachRegistry();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bobbin-'));
  try {
    const tarballs = packages(folder);
    const registry = await startRegistry([...tarballs, await packClient(folder)]);
    try {
      await work({ folder, registry: registry.url, tarballs, tools: installTools() });
    } finally {
      registry.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
