/** The folders in which packages are put together, and how one becomes a tarball. */
import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../root.mjs';
import { work } from '../../run.mjs';

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

/** Where packages are put together and what they are made of is built, below the checkout. */
export const buildFolder = 'build-packages';

/**
 * Packs what `fill` writes into an empty folder, package.json included. Returns the path of the tarball in the folder `out`, which
 * never has half a one.
 * @param {string} out
 * @param {(folder: string) => void | Promise<void>} fill
 */
export async function packStage(out, fill) {
  const stages = path.join(packageRoot, buildFolder);
  fs.mkdirSync(stages, { recursive: true });
  const folder = fs.mkdtempSync(path.join(stages, 'stage-'));
  const fresh = fs.mkdtempSync(path.join(out, '.pack-'));
  try {
    await fill(folder);
    const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', fresh];
    work('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    const [name = ''] = fs.readdirSync(fresh);
    const tarball = path.join(out, name);
    fs.renameSync(path.join(fresh, name), tarball);
    return tarball;
  } finally {
    for (const temporary of [folder, fresh]) {
      fs.rmSync(temporary, { recursive: true, force: true });
    }
  }
}
