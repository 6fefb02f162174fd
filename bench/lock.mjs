/** `node bench/lock.mjs [NAME…]`: resolves requirements/NAME.in, all or those named, for Linux x86-64 into requirements/NAME.txt, exact versions with hashes. */
import fs from 'node:fs';
import { ask } from '../scripts/run.mjs';
import { findPython, lists, lockFile, pythonVersion, wantedFile } from './environments.mjs';

/**
 * One package of pip's report, as far as it is read here.
 * @typedef {{archive_info: {hashes: {sha256: string}}}} Download
 * @typedef {{metadata: {name: string, version: string}, download_info: Download}} Package
 */

/**
 * `name==version --hash=sha256:…` of each package that `files` require, sorted.
 * @param {string[]} files
 * @returns {string[]}
 */
function resolve(files) {
  const wanted = files.flatMap((file) => ['--requirement', file]);
  const flags = ['--dry-run', '--ignore-installed', '--quiet', '--report', '-'];
  const python = findPython();
  if (python === undefined) {
    throw new Error(`Expected Python ${pythonVersion} but found none`);
  }
  const report = ask(python, ['-m', 'pip', 'install', ...flags, ...wanted], {
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (report === undefined) {
    throw new Error('pip could not resolve the packages; its output is above.');
  }
  /** @type {{install: Package[]}} */
  const { install } = JSON.parse(report);
  return install
    .map(({ metadata, download_info }) => {
      const { sha256 } = download_info.archive_info.hashes;
      return `${metadata.name.toLowerCase()}==${metadata.version} --hash=sha256:${sha256}`;
    })
    .sort();
}

/** @param {string} line */
const packageOf = (line) => line.split('==')[0];

/**
 * The packages of another list's lock: a list above keeps their versions.
 * @param {string} lock
 */
const packagesIn = (lock) => fs.readFileSync(lock, 'utf8').split('\n').map(packageOf);

const named = process.argv.slice(2);
for (const { name, above } of lists) {
  if (named.length > 0 && !named.includes(name)) {
    continue;
  }
  const there = above === undefined ? [] : packagesIn(lockFile(above));
  const files = [name, above].filter((one) => one !== undefined).map(wantedFile);
  const lines = resolve(files).filter((line) => !there.includes(packageOf(line)));
  const head = `# Written by bench/lock.mjs from ${name}.in, for Linux x86-64 and Python ${pythonVersion}.`;
  fs.writeFileSync(lockFile(name), `${[head, ...lines].join('\n')}\n`);
}
