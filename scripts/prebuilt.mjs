/** The addon as the package `@bobbin/linux-x64` brings it: says whether it fits, and lays it beside TensorFlow's libraries. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { checkRoom } from './access.mjs';
import { tensorflowWheel } from './gpu.mjs';
import { hashInputs } from './inputs.mjs';
import { cacheFolder, wheelFolder } from './pins.mjs';
import { isCheckout, packageRoot } from './root.mjs';
import { makeWorkplace } from './workplace.mjs';

/** The package with the compiled addon. */
export const prebuiltPackage = '@bobbin/linux-x64';

/** The hash of the addon's sources, by which a compiled one fits this package. */
export const nativeHash = () => hashInputs(packageRoot, ['CMakeLists.txt', 'native']);

/** Whether `$BOBBIN_BUILD` asks for a build on this machine. */
export function isBuildAsked() {
  const asked = process.env.BOBBIN_BUILD;
  if (asked !== undefined && asked !== 'yes') {
    throw new Error(
      `Expected yes for BOBBIN_BUILD but received "${asked}"; without it a prebuilt addon is used if one fits`,
    );
  }
  return asked === 'yes';
}

/**
 * Why the addon is built on this machine, or undefined if a package brings one for these sources.
 * @returns {string | undefined}
 */
export function buildReason() {
  if (isCheckout) {
    return 'a checkout builds its own';
  }
  if (isBuildAsked()) {
    return 'BOBBIN_BUILD=yes asks for it';
  }
  const found = readPackage();
  if (found === undefined) {
    return `the package ${prebuiltPackage} is not installed`;
  }
  return found.nativeHash === nativeHash()
    ? undefined
    : `${prebuiltPackage} ${found.version} was compiled from other sources`;
}

/** @param {string} name of a file in the package */
const packageFile = (name) => createRequire(import.meta.url).resolve(`${prebuiltPackage}/${name}`);

/** @returns {{version: string, nativeHash: string} | undefined} */
function readPackage() {
  try {
    return JSON.parse(fs.readFileSync(packageFile('package.json'), 'utf8'));
  } catch {
    // npm leaves out optional packages, when it is told so or on another kind of machine.
    return undefined;
  }
}

/** Where the addon lies to find TensorFlow's libraries. Other releases of Bobbin may share this folder. */
const place = () =>
  path.join(
    wheelFolder(tensorflowWheel()),
    'tensorflow',
    `bobbin-${nativeHash().slice(0, 12)}.node`,
  );

/**
 * Lays the addon in its place, and returns its path.
 * @throws {Error} one sentence, when this user cannot write there
 */
export function layPrebuilt() {
  const file = place();
  const packed = fs.readFileSync(packageFile('bobbin.node'));
  if (fs.existsSync(file) && packed.equals(fs.readFileSync(file))) {
    return file;
  }
  checkRoom(path.dirname(file), packed.length);
  // Processes may have the old file open, and another set-up may do the same now.
  const workplace = makeWorkplace(cacheFolder);
  try {
    const fresh = path.join(workplace, path.basename(file));
    fs.writeFileSync(fresh, packed);
    fs.renameSync(fresh, file);
  } finally {
    fs.rmSync(workplace, { recursive: true, force: true });
  }
  return file;
}
