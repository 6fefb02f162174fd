/** The C++ addon: says whether it is current, and takes the prebuilt one or builds it. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { closedFault } from './access.mjs';
import {
  addonCache,
  addonFile,
  addonFolder,
  addonOutput,
  builtFile,
  isSetUp,
} from './addon-place.mjs';
import { wayOut } from './finding.mjs';
import { tensorflowWheel } from './gpu.mjs';
import { nativeHash } from './inputs.mjs';
import { cacheFolder, wheelFolder } from './pins.mjs';
import { buildReason, isBuildAsked, layPrebuilt, prebuiltPackage } from './prebuilt.mjs';
import { folderFault, readRecord, recordFault, writeRecord } from './record.mjs';
import { isCheckout, packageRoot } from './root.mjs';
import { workQuietly } from './run.mjs';
import { ensureBuildTools } from './system.mjs';
import { libraryRecords } from './wheels.mjs';

const inputHash = () => nativeHash([wheelFolder(tensorflowWheel())]);

/**
 * What is wrong with the addon or with the libraries that it was built on, or undefined. It is asked before the addon is loaded,
 * since a damaged library may crash the process.
 */
export function addonFault() {
  const record = readRecord(addonFolder);
  const file = addonFile();
  const missing = fs.existsSync(file) ? undefined : `missing: ${file}`;
  return closedFault(file) ?? missing ?? (record && recordFault(addonFolder, record));
}

/**
 * What is wrong with the addon, or undefined if it was built from these sources, for this cache, and loads.
 * @returns {string | undefined}
 */
export function inspectAddon() {
  if (!isSetUp()) {
    return closedFault(builtFile) ?? 'missing';
  }
  const built = addonCache();
  const moved =
    built === undefined || built === cacheFolder
      ? undefined
      : `built for the cache ${built} instead of ${cacheFolder}`;
  return (
    addonFault() ??
    moved ??
    folderFault(addonFolder, inputHash()) ??
    (isPrebuilt() && isBuildAsked()
      ? 'prebuilt, but BOBBIN_BUILD=yes asks for a build'
      : undefined) ??
    loadFault(addonFile())
  );
}

/**
 * Why an addon does not load, or undefined. A process of its own loads it: a library that crashes meanwhile must not end doctor.
 * @param {string} file
 */
export function loadFault(file) {
  const program = `try { require(process.argv[1]) } catch ({ message }) {
    console.error(message.split('\\n')[0]);
    process.exitCode = 1;
  }`;
  const { error, signal, status, stderr } = spawnSync(process.execPath, ['-e', program, file], {
    encoding: 'utf8',
  });
  if (status === 0) {
    return undefined;
  }
  if (signal !== null) {
    return `crashes when it is loaded (${signal}): ${file}`;
  }
  // The dynamic loader, too, may end the process, with its reason on the last line.
  const reason = error?.message ?? stderr.trim().split('\n').at(-1);
  return `does not load: ${reason}`;
}

/** Whether the addon that Bobbin loads is the prebuilt one. */
const isPrebuilt = () => addonFile() !== builtFile;

/**
 * What doctor says of the addon that is in order.
 * @returns {{version: string, from: string}}
 */
export const describeAddon = () => ({
  version: isPrebuilt() ? 'Node-API 9, prebuilt' : 'Node-API 9',
  from: addonFile(),
});

/**
 * Where set-up writes for the addon, and how much.
 * @returns {{folder: string, bytes: number}}
 */
export const addonRoom = () =>
  buildReason() === undefined
    ? { folder: addonFolder, bytes: 1e6 }
    : { folder: path.dirname(builtFile), bytes: 2e8 };

/**
 * Takes the prebuilt addon if one fits and loads, or else builds the addon.
 * @param {(line: string) => void} log says why it is built
 * @returns what it has done
 */
export function installAddon(log) {
  const inputs = inputHash();
  const reason = buildReason() ?? takePrebuilt(inputs);
  if (reason === undefined) {
    return `taken from ${prebuiltPackage}`;
  }
  if (!isCheckout) {
    findCmakeJs();
    log(`The native addon is built here:\n  ${reason}`);
    ensureBuildTools();
  }
  // Make would take a damaged file for a new one.
  fs.rmSync(builtFile, { force: true });
  const { compiled } = compileAddon(addonOutput, 'Release');
  recordAddon(inputs, builtFile);
  return compiled === 1 ? 'compiled 1 file' : `compiled ${compiled} files`;
}

/** What the dynamic loader says of an addon that another build may replace; other faults are the system's or TensorFlow's. */
const ownFault =
  /^crashes|not found \(required by|invalid ELF header|file too short|undefined symbol/;

/**
 * Lays down the prebuilt addon; returns why it cannot be used, or undefined.
 * @param {string} inputs
 * @throws {Error} one sentence, when a build on this machine would not load either
 */
function takePrebuilt(inputs) {
  const file = layPrebuilt();
  const fault = loadFault(file);
  if (fault !== undefined) {
    if (ownFault.test(fault) && fault.includes(file)) {
      return `the prebuilt one ${fault}`;
    }
    throw new Error(`the prebuilt one ${fault}; ${wayOut(fault)}`);
  }
  fs.mkdirSync(addonFolder, { recursive: true });
  recordAddon(inputs, file);
  return undefined;
}

/**
 * @param {string} inputs
 * @param {string} addon its absolute path
 */
function recordAddon(inputs, addon) {
  // A package with an addon that was built in it may be moved.
  const name = addon === builtFile ? path.relative(addonFolder, addon) : addon;
  writeRecord(addonFolder, inputs, [name], libraryRecords(tensorflowWheel()));
}

/**
 * Compiles the addon to `folder/configuration/bobbin.node` below the package. Returns that path, and the number of files that had
 * to be compiled.
 * @param {string} folder
 * @param {'Release' | 'Debug'} configuration
 * @param {string[]} variables of CMake, each `NAME=value`
 */
export function compileAddon(folder, configuration, variables = []) {
  // cmake-js configures only where there is no cache, and so would keep to another TensorFlow.
  fs.rmSync(path.join(packageRoot, folder, 'CMakeCache.txt'), { force: true });
  const program = findCmakeJs();
  const tensorflow = `BOBBIN_TENSORFLOW_ROOT=${wheelFolder(tensorflowWheel())}`;
  const options = [
    ...['--out', folder, '--parallel', '2', '--config', configuration],
    ...[tensorflow, ...variables].map((variable) => `--CD${variable}`),
  ];
  /** @type {(label: string, command: string, files?: number) => number} */
  const run = (label, command, files) =>
    workQuietly(
      { label: `native addon: ${label}`, files },
      process.execPath,
      [program, command, ...options],
      {
        cwd: packageRoot,
      },
    );
  run('configuring', 'configure');
  const compiled = run('compiling', 'build', countSources(folder));
  return { file: path.join(packageRoot, folder, configuration, 'bobbin.node'), compiled };
}

/**
 * The number of source files of a configured build, or undefined if its generator does not list them.
 * @param {string} folder below the package
 */
function countSources(folder) {
  const list = path.join(packageRoot, folder, 'compile_commands.json');
  return fs.existsSync(list) ? JSON.parse(fs.readFileSync(list, 'utf8')).length : undefined;
}

/**
 * The program that builds the addon. Only a checkout is sure to have it.
 * @throws {Error} one sentence, with the command that installs it
 */
function findCmakeJs() {
  const program = cmakeJs();
  if (program === undefined) {
    throw new Error(`Building it needs ${cmakeJsCommand()} first.`);
  }
  return program;
}

/** The path of cmake-js, or undefined if it is not installed. */
export function cmakeJs() {
  try {
    return createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  } catch {
    return undefined;
  }
}

/** The command that installs the npm packages which build the addon, in backquotes. */
export function cmakeJsCommand() {
  const manifest = fs.readFileSync(path.join(packageRoot, 'package.json'), 'utf8');
  const { peerDependencies = {} } = JSON.parse(manifest);
  const packages = Object.entries(peerDependencies).map((entry) => entry.join('@'));
  return `\`npm install ${packages.join(' ')}\``;
}
