/** Finds a machine's NVIDIA driver without running it, and decides what set-up installs for it. */
import fs from 'node:fs';
import path from 'node:path';
import { without } from './finding.mjs';
import { wheels } from './pins.mjs';

/**
 * @import { Finding } from './finding.mjs'
 * @import { Wheel } from './pins.mjs'
 */

/**
 * Where to look: the environment, and the dynamic loader's cache as ldconfig writes it. By default those of this
 * process and machine.
 * @typedef {{env?: NodeJS.ProcessEnv, loaderCache?: string}} Machine
 */

/**
 * The oldest driver for TensorFlow, built with CUDA 12, and for Bobbin's kernels, built with CUDA 13.0.
 * @see https://docs.nvidia.com/deploy/cuda-compatibility/
 */
const oldestDriver = { tensorflow: 525, kernels: 580 };

/** A part of the driver that TensorFlow asks about the GPU; a container may lack it. */
const managementLibrary = 'libnvidia-ml.so.1';

/**
 * The path of a library, sought as the dynamic loader does: in `$LD_LIBRARY_PATH`, then in its cache.
 * @param {string} name
 * @param {Machine} machine
 */
function findLibrary(name, { env = process.env, loaderCache = '/etc/ld.so.cache' }) {
  const folders = (env.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => folder !== '');
  const cache = fs.existsSync(loaderCache) ? fs.readFileSync(loaderCache, 'latin1') : '';
  const cached = cache.split('\0').filter((file) => file.endsWith(`/${name}`));
  return [...folders.map((folder) => path.join(folder, name)), ...cached].find((file) =>
    fs.existsSync(file),
  );
}

/**
 * The driver's library and its version, which its file's name has; in WSL the name has none.
 * @param {Machine} [machine]
 * @returns {{library: string, version?: string} | undefined}
 */
export function findDriver(machine = {}) {
  const library = findLibrary('libcuda.so.1', machine);
  if (library === undefined) {
    return undefined;
  }
  return { library, version: fs.realpathSync(library).match(/\.so\.(\d+(\.\d+)+)$/)?.[1] };
}

/**
 * A driver of unknown version counts as new.
 * @param {{version?: string | undefined}} driver
 * @param {number} oldest
 */
const isNewEnough = ({ version }, oldest) =>
  version === undefined || Number.parseInt(version, 10) >= oldest;

/**
 * The value of `$BOBBIN_GPU`, which overrules the driver.
 * @param {Machine} machine
 * @returns {'yes' | 'no' | undefined}
 */
function askedFor({ env = process.env }) {
  const asked = env.BOBBIN_GPU;
  if (asked !== undefined && asked !== 'yes' && asked !== 'no') {
    throw new Error(
      `Expected yes or no for BOBBIN_GPU but received "${asked}"; without it the driver decides`,
    );
  }
  return asked;
}

/**
 * Whether set-up installs TensorFlow for GPUs, and Bobbin's kernels. `$BOBBIN_GPU`, `yes` or `no`, decides for both; without
 * it they are installed if there is a driver that is new enough.
 * @param {Machine} [machine]
 * @returns {{tensorflow: boolean, kernels: boolean}}
 */
export function gpuChoice(machine = {}) {
  const asked = askedFor(machine);
  const driver = findDriver(machine);
  /** @param {number} oldest */
  const brings = (oldest) =>
    asked === undefined ? driver !== undefined && isNewEnough(driver, oldest) : asked === 'yes';
  return { tensorflow: brings(oldestDriver.tensorflow), kernels: brings(oldestDriver.kernels) };
}

/**
 * The wheel that the addon is built on.
 * @param {Machine} [machine]
 * @returns {Wheel}
 */
export const tensorflowWheel = (machine) =>
  gpuChoice(machine).tensorflow ? wheels.tensorflowGpu : wheels.tensorflow;

/**
 * What doctor says of the driver. A machine without one is in order.
 * @param {Machine} [machine]
 * @returns {Finding}
 */
export function inspectDriver(machine = {}) {
  const asked = askedFor(machine);
  const driver = findDriver(machine);
  if (driver === undefined) {
    const brought = asked === 'yes' ? ', with what BOBBIN_GPU=yes brings for a GPU' : '';
    return without(`none: Bobbin runs on the CPU${brought}`);
  }
  const version = driver.version ?? 'version unknown';
  const { tensorflow, kernels } = oldestDriver;
  if (asked === 'no') {
    return without(`${version}, not used because of BOBBIN_GPU=no`);
  }
  if (!isNewEnough(driver, tensorflow)) {
    return without(
      `${version}, too old: install ${tensorflow} or later to train on the GPU, ${kernels} to augment there, too`,
    );
  }
  if (findLibrary(managementLibrary, machine) === undefined) {
    return without(
      `${version}, but no ${managementLibrary}, without which TensorFlow runs on the CPU: in a container, set NVIDIA_DRIVER_CAPABILITIES=compute,utility,video`,
    );
  }
  if (!isNewEnough(driver, kernels)) {
    return without(
      `${version}, enough to train on the GPU: install ${kernels} to augment there, too`,
    );
  }
  return { ok: true, version, from: driver.library };
}
