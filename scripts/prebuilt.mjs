/** The addon as the package `@bobbin/linux-x64` brings it: says whether it fits, and lays it beside TensorFlow's libraries. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { checkRoom } from './access.mjs';
import { tensorflowWheel } from './gpu.mjs';
import { nativeHash } from './inputs.mjs';
import { wheelFolder } from './pins.mjs';
import { isCheckout } from './root.mjs';
import { makeWorkplace } from './workplace.mjs';

/** The package with the compiled addon. */
export const prebuiltPackage = '@bobbin/linux-x64';

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

/**
 * Where an addon lies to find TensorFlow's libraries. Its own hash names it: releases of Bobbin that share the folder may have
 * been compiled from the same sources, but to other bytes.
 * @param {Buffer} packed the addon
 */
function placeOf(packed) {
  const hash = createHash('sha256').update(packed).digest('hex');
  return path.join(
    wheelFolder(tensorflowWheel()),
    'tensorflow',
    `bobbin-${hash.slice(0, 12)}.node`,
  );
}

/**
 * Lays the addon in its place, and returns its path.
 * @throws {Error} one sentence, when this user cannot write there
 */
export function layPrebuilt() {
  const packed = fs.readFileSync(packageFile('bobbin.node'));
  const file = placeOf(packed);
  if (holds(file, packed)) {
    return file;
  }
  const folder = path.dirname(file);
  checkRoom(folder, packed.length);
  // Processes may have the old file open, another set-up may do the same now, and a file system may be mounted on the folder.
  const workplace = makeWorkplace(folder);
  try {
    const fresh = path.join(workplace, path.basename(file));
    fs.writeFileSync(fresh, packed);
    fs.renameSync(fresh, file);
  } finally {
    fs.rmSync(workplace, { recursive: true, force: true });
  }
  return file;
}

/**
 * @param {string} file
 * @param {Buffer} content
 */
function holds(file, content) {
  try {
    return content.equals(fs.readFileSync(file));
  } catch {
    // It is not there, or closed to this user.
    return false;
  }
}
