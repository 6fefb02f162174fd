/** `npm run bench:setup`: compiles the yardstick and installs the peers, each environment in Bobbin's cache folder. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../scripts/pins.mjs';
import { ask, work } from '../scripts/run.mjs';
import { installCommand, installPackages, mayInstall } from '../scripts/system.mjs';
import { findPython, lists, lockFile, pythonVersion } from './environments.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = path.join(cacheFolder, 'bench');
fs.mkdirSync(folder, { recursive: true });

/** Why each part that is not there could not be had, by its name: for the comparison's table. */
const missing = {};

/** Runs a step; what cannot be had is named in one sentence and gone on without. */
function attempt(name, step) {
  try {
    step();
    console.log(`bench set-up: ${name} is there`);
  } catch (error) {
    missing[name] = error.message;
    console.log(`bench set-up: goes on without ${name}: ${error.message}`);
  }
}

/** pip in `python`'s environment; its last words of an error become the reason. */
function pip(python, args) {
  const stdio = ['ignore', 'inherit', 'pipe'];
  const { status, stderr } = spawnSync(python, ['-m', 'pip', ...args], { encoding: 'utf8', stdio });
  process.stderr.write(stderr);
  if (status === 0) {
    return;
  }
  const [reason = `exit status ${status}`] =
    stderr.match(/^ *(error|ERROR):.*$/gm)?.slice(-1) ?? [];
  throw new Error(`pip: ${reason.trim()}`);
}

function makeEnvironment(base, place) {
  try {
    work(base, ['-m', 'venv', place]);
  } catch (error) {
    // Its interpreter would pass for a whole environment the next time.
    fs.rmSync(place, { recursive: true, force: true });
    throw error;
  }
}

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
  if (!fs.existsSync(python)) {
    makeEnvironment(base, path.join(folder, environment));
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
