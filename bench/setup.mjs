/** `npm run bench:setup`: compiles the yardstick and installs the peers, each environment in Bobbin's cache folder. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../scripts/pins.mjs';
import { ask, messageOf, work } from '../scripts/run.mjs';
import { installCommand, installPackages, mayInstall } from '../scripts/system.mjs';
import { findPython, lists, lockFile, pythonVersion } from './environments.mjs';

/** @import { PackageList } from './environments.mjs' */

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = path.join(cacheFolder, 'bench');
fs.mkdirSync(folder, { recursive: true });

/**
 * Why each missing part could not be installed, by its name: for the comparison's table.
 * @type {Record<string, string>}
 */
const missing = {};

/**
 * Runs a step. A part that cannot be installed is named in one sentence, and set-up goes on without it.
 * @param {string} name
 * @param {() => void} step
 */
function attempt(name, step) {
  try {
    step();
    console.log(`bench set-up: ${name} is there`);
  } catch (error) {
    const reason = messageOf(error);
    missing[name] = reason;
    console.log(`bench set-up: goes on without ${name}: ${reason}`);
  }
}

/**
 * Runs pip in `python`'s environment.
 * @param {string} python
 * @param {string[]} args
 * @throws {Error} when pip fails: its last error
 */
function pip(python, args) {
  const { status, stderr } = spawnSync(python, ['-m', 'pip', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  process.stderr.write(stderr);
  if (status === 0) {
    return;
  }
  const [reason = `exit status ${status}`] =
    stderr.match(/^ *(error|ERROR):.*$/gm)?.slice(-1) ?? [];
  throw new Error(`pip: ${reason.trim()}`);
}

/** @param {PackageList} list */
function install({ name, environment, packages, gpu = false }) {
  if (gpu && ask('nvidia-smi', ['-L']) === undefined) {
    throw new Error('nvidia-smi lists no GPU');
  }
  if (mayInstall()) {
    installPackages(packages);
  }
  const base = findPython();
  if (base === undefined) {
    throw new Error(`Python ${pythonVersion} is not installed`);
  }
  const python = path.join(folder, environment, 'bin', 'python');
  // One that was interrupted has an interpreter, but no pip.
  if (ask(python, ['-m', 'pip', '--version']) === undefined) {
    fs.rmSync(path.join(folder, environment), { recursive: true, force: true });
    work(base, ['-m', 'venv', path.join(folder, environment)]);
  }
  // The lock names every package. Those that are compiled use the locked setuptools.
  const flags = ['--quiet', '--no-deps', '--no-build-isolation', '--require-hashes'];
  pip(python, ['install', ...flags, '--requirement', lockFile(name)]);
}

attempt('decode', () =>
  work('c++', [
    ...['-std=c++20', '-O3', '-pthread', '-o', path.join(folder, 'decode')],
    ...[path.join(here, 'contenders', 'decode.cc'), '-ljpeg'],
  ]),
);
attempt('jpegtran', () => {
  const packages = ['libjpeg-turbo-progs'];
  if (ask('jpegtran', ['-version']) !== undefined) {
    return;
  }
  if (!mayInstall()) {
    throw new Error(`Install it with \`${installCommand(packages)}\``);
  }
  installPackages(packages);
});
for (const list of lists) {
  attempt(list.name, () => install(list));
}
fs.writeFileSync(path.join(folder, 'missing.json'), `${JSON.stringify(missing, null, 2)}\n`);
