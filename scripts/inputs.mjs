/** The hash of the inputs of a build, by which its record says whether it is current. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from './root.mjs';

/** @import { Hash } from 'node:crypto' */

/**
 * SHA-256, in hex, over the names and bytes of files and folders (recursively), and over plain strings.
 * @param {string} root
 * @param {string[]} names files and folders below `root`; a missing one adds nothing
 * @param {string[]} values
 */
export function hashInputs(root, names, values = []) {
  const hash = createHash('sha256');
  for (const value of values) {
    hash.update(`${value}\0`);
  }
  for (const name of names) {
    addTo(hash, root, name);
  }
  return hash.digest('hex');
}

/**
 * The hash of the C++ sources, by which a compiled addon fits them, and of further values.
 * @param {string[]} [values]
 * @param {string} [root] the folder of the package
 */
export const nativeHash = (values, root = packageRoot) =>
  hashInputs(root, ['CMakeLists.txt', 'native'], values);

/**
 * @param {Hash} hash
 * @param {string} root
 * @param {string} name
 */
function addTo(hash, root, name) {
  const file = path.join(root, name);
  if (!fs.existsSync(file)) {
    return;
  }
  if (fs.statSync(file).isDirectory()) {
    for (const child of fs.readdirSync(file).sort()) {
      addTo(hash, root, path.join(name, child));
    }
  } else {
    hash.update(`${name}\0`).update(fs.readFileSync(file));
  }
}
