/** Takes over what Bobbin's packages use of tfjs-node: its compiled files from the registry's package, unchanged. */
import fs from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { filesBelow } from '../../record.mjs';
import { packageRoot } from '../../root.mjs';
import { readManifest } from './staging.mjs';

/**
 * The folder of an installed npm package.
 * @param {string} name
 */
export const npmFolder = (name) => path.join(packageRoot, 'node_modules', name);

/** tfjs-node's package, of which Bobbin uses a part. */
export const tfjsNode = '@tensorflow/tfjs-node-gpu';

/** tfjs-node's tests, and its entry, which looks for tfjs-node's own binary and ends the process without it. */
const leftOut = /(_test|\/run_tests|^dist\/index)\.(js|d\.ts)$/;

/**
 * Copies tfjs-node's compiled files, without tests and entry, and the text of its licence into `folder`.
 * @param {string} folder
 * @returns {Record<string, string>} the packages that these files require, with tfjs-node's ranges of versions
 */
export function assemble(folder) {
  const from = npmFolder(tfjsNode);
  const kept = filesBelow(path.join(from, 'dist'))
    .map((name) => path.join('dist', name))
    .filter((name) => !leftOut.test(name));
  for (const name of kept) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.copyFileSync(path.join(from, name), path.join(folder, name));
  }
  fs.writeFileSync(path.join(folder, 'LICENSE'), apacheLicense());
  // tfjs-node requires tfjs-core as well, but lists it among the packages of its development.
  const { dependencies, devDependencies } = readManifest(from);
  const ranges = { ...devDependencies, ...dependencies };
  const required = new Set(kept.flatMap((name) => requiredBy(path.join(from, name))));
  return Object.fromEntries([...required].sort().map((name) => [name, ranges[name]]));
}

/** tfjs-node's package names its licence, Apache-2.0, but lacks the text, which sharp's package has. */
function apacheLicense() {
  const file = path.join(npmFolder('sharp'), 'LICENSE');
  const text = fs.readFileSync(file, 'utf8');
  if (!text.trimStart().startsWith('Apache License')) {
    throw new Error(`Expected the text of the Apache License in ${file}`);
  }
  return text;
}

/**
 * The npm packages that a CommonJS file requires.
 * @param {string} file
 */
function requiredBy(file) {
  const requires = fs.readFileSync(file, 'utf8').matchAll(/\brequire\(["']([^."'][^"']*)["']\)/g);
  return [...requires].map(([, name = '']) => name).filter((name) => !isBuiltin(name));
}
