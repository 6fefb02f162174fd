/** Downloads wheels through pip. */
import fs from 'node:fs';
import path from 'node:path';
import { wheelFiles } from '../pins.mjs';
import { workBeside } from '../run.mjs';
import { notice } from '../show/line.mjs';

/** @import { Wheel } from '../pins.mjs' */

/**
 * @param {Wheel} wheel
 * @param {string} folder
 * @throws {Error} when pip fails; its own message is shown before
 */
export async function downloadByPip(wheel, folder) {
  const requirements = path.join(folder, 'requirements.txt');
  const lines = wheelFiles(wheel).map(
    ({ requirement, sha256 }) => `${requirement} --hash=sha256:${sha256}\n`,
  );
  fs.writeFileSync(requirements, lines.join(''));
  const args = [
    ...['-m', 'pip', 'download', '--require-hashes', '--no-deps', '--only-binary', ':all:'],
    ...['--python-version', wheel.python],
    ...wheel.platforms.flatMap((platform) => ['--platform', platform]),
    // The unpacked folder is the cache; pip's own copy would take as much again.
    ...['--no-cache-dir', '--disable-pip-version-check', '--quiet'],
    ...['--dest', folder, '--requirement', requirements],
  ];
  // What pip leaves when it is killed must be in the workplace, too.
  const env = { ...process.env, TMPDIR: folder };
  await workBeside('python3', args, { stdio: ['ignore', 2, 'pipe'], env }, (text) =>
    notice(text.trimEnd()),
  );
}
