/** Downloads packages of npm through npm, which knows its registry, its proxies and their passwords. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ask, workBeside } from '../run.mjs';
import { clock, notice, withLine } from '../show/line.mjs';

/** @import { NpmPackage } from '../pins.mjs' */

/**
 * Downloads a package and checks its SHA-256. npm writes the file when it has all of it, so that the time alone can be shown.
 * @param {NpmPackage} pinned
 * @param {string} folder where the tarball goes
 * @returns {Promise<string>} the tarball
 * @throws {Error} when npm is missing or fails, and when the package has another hash; npm's own message is shown before
 */
export async function downloadByNpm({ requirement, sha256, bytes }, folder) {
  if (ask('npm', ['--version']) === undefined) {
    throw new Error(
      `Expected npm to download ${requirement} but received none; install npm, which comes with Node`,
    );
  }
  const args = [
    ...['pack', requirement, '--ignore-scripts', '--loglevel', 'error'],
    // npm's own copy would take as much again.
    ...['--pack-destination', folder, '--cache', path.join(folder, 'npm')],
  ];
  const start = performance.now();
  const label = `downloading ${requirement} (${(bytes / 1e6).toFixed(0)} MB)`;
  await withLine(
    () => `${label}  ${clock((performance.now() - start) / 1000)}`,
    () =>
      workBeside('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] }, (text) =>
        notice(text.trimEnd()),
      ),
  );
  const [name = ''] = fs.readdirSync(folder).filter((each) => each.endsWith('.tgz'));
  const tarball = path.join(folder, name);
  const hash = createHash('sha256');
  await pipeline(fs.createReadStream(tarball), hash);
  const received = hash.digest('hex');
  if (received !== sha256) {
    throw new Error(`Expected SHA-256 ${sha256} for ${requirement} but received ${received}`);
  }
  return tarball;
}
