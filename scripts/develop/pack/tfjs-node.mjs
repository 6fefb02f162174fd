/** The package `@bobbin/tfjs-node`: tfjs-node's compiled files, with those of `tfjs-node/` in the place of its own. */
import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../root.mjs';
import { assemble } from './assemble.mjs';
import { emptyStage, packStage, readManifest, writeManifest } from './staging.mjs';

const ours = path.join(import.meta.dirname, 'tfjs-node');

/** @param {string} name */
const isCode = (name) => /\.(js|d\.ts)$/.test(name);

/**
 * Puts the package together and returns its folder.
 * @param {string} folder is empty, or not there
 */
export function stage(folder = emptyStage('tfjs-node')) {
  fs.mkdirSync(folder, { recursive: true });
  const dependencies = assemble(folder);
  for (const name of fs.readdirSync(ours)) {
    fs.copyFileSync(path.join(ours, name), path.join(folder, isCode(name) ? 'dist' : '', name));
  }
  writeManifest(folder, {
    ...readManifest(ours),
    dependencies,
    optionalDependencies: { bobbin: readManifest(packageRoot).version },
  });
  return folder;
}

/**
 * @param {string} out
 * @returns {Promise<string>} the path of the tarball
 */
export async function pack(out) {
  return packStage(stage(), out);
}
