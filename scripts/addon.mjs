/** The C++ addon: says whether it is current, and builds it. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { closedFault } from './access.mjs';
import { tensorflowWheel } from './gpu.mjs';
import { hashInputs } from './inputs.mjs';
import { cacheFolder, wheelFolder } from './pins.mjs';
import { folderFault, readRecord, recordFault, writeRecord } from './record.mjs';
import { packageRoot } from './root.mjs';
import { work } from './run.mjs';
import { libraryRecords } from './wheels.mjs';

const output = 'native-build';
const addonFolder = path.join(packageRoot, output);
const inputHash = () =>
  hashInputs(packageRoot, ['CMakeLists.txt', 'native'], [wheelFolder(tensorflowWheel())]);

/** The addon that Bobbin loads. */
export const addonFile = path.join(addonFolder, 'Release', 'bobbin.node');

/** Whether set-up has come as far as the addon, in this package. */
export const isSetUp = () => fs.existsSync(addonFolder);

/** The cache on whose TensorFlow the addon was built, or undefined. */
export function addonCache() {
  const names = Object.keys(readRecord(addonFolder)?.files ?? {});
  const library = names.find((name) => name.endsWith('/tensorflow/libtensorflow_cc.so.2'));
  return library && path.resolve(library, '..', '..', '..');
}

/**
 * What is wrong with the addon or with the libraries that it was built on, or undefined. It is asked before the addon is loaded,
 * since a damaged library may crash the process.
 */
export function addonFault() {
  const record = readRecord(addonFolder);
  const missing = fs.existsSync(addonFile) ? undefined : `missing: ${addonFile}`;
  return closedFault(addonFile) ?? missing ?? (record && recordFault(addonFolder, record));
}

/**
 * What is wrong with the addon, or undefined if it was built from these sources, for this cache, and loads.
 * @returns {string | undefined}
 */
export function inspectAddon() {
  const built = addonCache();
  const moved =
    built === undefined || built === cacheFolder
      ? undefined
      : `built for the cache ${built} instead of ${cacheFolder}`;
  return addonFault() ?? moved ?? folderFault(addonFolder, inputHash()) ?? loadFault(addonFile);
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

/** Builds the addon. */
export function buildAddon() {
  const inputs = inputHash();
  // Make would take a damaged file for a new one.
  fs.rmSync(addonFile, { force: true });
  compileAddon(output, 'Release');
  // The addon finds TensorFlow's libraries by their absolute paths.
  const libraries = libraryRecords(tensorflowWheel());
  writeRecord(addonFolder, inputs, [path.relative(addonFolder, addonFile)], libraries);
}

/**
 * Compiles the addon to `folder/configuration/bobbin.node` below the package, and returns that path.
 * @param {string} folder
 * @param {'Release' | 'Debug'} configuration
 */
export function compileAddon(folder, configuration) {
  // cmake-js configures only where there is no cache, and so would keep to another TensorFlow.
  fs.rmSync(path.join(packageRoot, folder, 'CMakeCache.txt'), { force: true });
  const cmakeJs = findCmakeJs();
  const build = ['compile', '--out', folder, '--parallel', '2', '--config', configuration];
  const tensorflow = `--CDBOBBIN_TENSORFLOW_ROOT=${wheelFolder(tensorflowWheel())}`;
  work(process.execPath, [cmakeJs, ...build, tensorflow], { cwd: packageRoot });
  return path.join(packageRoot, folder, configuration, 'bobbin.node');
}

/**
 * The program that builds the addon. Only a checkout is sure to have it.
 * @throws {Error} one sentence, with the command that installs it
 */
function findCmakeJs() {
  try {
    return createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  } catch {
    const manifest = fs.readFileSync(path.join(packageRoot, 'package.json'), 'utf8');
    const { peerDependencies = {} } = JSON.parse(manifest);
    const packages = Object.entries(peerDependencies).map((entry) => entry.join('@'));
    throw new Error(`Building it needs \`npm install ${packages.join(' ')}\` first.`);
  }
}
