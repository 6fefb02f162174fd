/** The folders in which packages are put together, and how one becomes a tarball. */
import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../root.mjs';
import { work } from '../../run.mjs';

/**
 * Makes an empty folder for the content of a package, and returns its path.
 * @param {string} name the folder's name
 */
export function emptyStage(name) {
  const folder = path.join(packageRoot, 'build-packages', name);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * Reads the package.json of `folder`.
 * @param {string} folder
 */
export const readManifest = (folder) =>
  JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));

/**
 * Writes the package.json of `folder`.
 * @param {string} folder
 * @param {object} manifest
 */
export const writeManifest = (folder, manifest) =>
  fs.writeFileSync(
    path.join(folder, 'package.json'),
    `${JSON.stringify(manifest, undefined, 2)}\n`,
  );

/**
 * Packs a folder and returns the path of its tarball in the folder `out`, which never has half a one.
 * @param {string} folder has a package.json
 * @param {string} out
 */
export function packStage(folder, out) {
  const fresh = fs.mkdtempSync(path.join(out, '.pack-'));
  try {
    const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', fresh];
    work('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    const [name = ''] = fs.readdirSync(fresh);
    const tarball = path.join(out, name);
    fs.renameSync(path.join(fresh, name), tarball);
    return tarball;
  } finally {
    fs.rmSync(fresh, { recursive: true, force: true });
  }
}
