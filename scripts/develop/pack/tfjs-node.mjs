/** The package `@bobbin/tfjs-node`: tfjs-node's compiled files, with those of `tfjs-node/` in the place of its own. */
import fs from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { packageRoot } from '../../root.mjs';
import { assemble } from './assemble.mjs';
import { packStage, readManifest, writeManifest } from './staging.mjs';

/** Shortens tfjs's warnings about copies of itself. The alias has it for machines without `bobbin`. */
const coreCopies = path.join(packageRoot, 'src/tensorflow/before-tfjs/core-copies.ts');

const ours = path.join(import.meta.dirname, 'tfjs-node');

/** @param {string} name */
const isCode = (name) => /\.(js|d\.ts)$/.test(name);

/**
 * Puts the package together.
 * @param {string} folder is empty, or not there
 */
export function stage(folder) {
  fs.mkdirSync(folder, { recursive: true });
  const dependencies = assemble(folder);
  for (const name of fs.readdirSync(ours)) {
    fs.copyFileSync(path.join(ours, name), path.join(folder, isCode(name) ? 'dist' : '', name));
  }
  fs.copyFileSync(path.join(packageRoot, 'LICENSE'), path.join(folder, 'LICENSE-BOBBIN'));
  buildSync({
    entryPoints: [coreCopies],
    outfile: path.join(folder, 'dist/core_copies.js'),
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
  writeManifest(folder, {
    ...readManifest(ours),
    dependencies,
    optionalDependencies: { bobbin: readManifest(packageRoot).version },
  });
}

/**
 * @param {string} out
 * @returns {Promise<string>} the path of the tarball
 */
export const pack = (out) => packStage(out, stage);
