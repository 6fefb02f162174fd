/** What a machine's NVIDIA driver, found without running anything, is new enough for, and what set-up brings because of it. */
import fs from 'node:fs';
import path from 'node:path';
import { wheels } from './pins.mjs';

/**
 * Oldest driver that does: for TensorFlow, built with CUDA 12, and for Bobbin's kernels, built with CUDA 13.0.
 * @see https://docs.nvidia.com/deploy/cuda-compatibility/
 */
const oldestDriver = { tensorflow: 525, kernels: 580 };

/** A part of the driver that TensorFlow asks about the GPU; a container may lack it. */
const managementLibrary = 'libnvidia-ml.so.1';

/** A library where the dynamic loader looks for it: in `$LD_LIBRARY_PATH`, then in its cache's folders. */
function findLibrary(name, { env = process.env, loaderCache = '/etc/ld.so.cache' }) {
  const folders = (env.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => folder !== '');
  const cache = fs.existsSync(loaderCache) ? fs.readFileSync(loaderCache, 'latin1') : '';
  const cached = cache.split('\0').filter((file) => file.endsWith(`/${name}`));
  return [...folders.map((folder) => path.join(folder, name)), ...cached].find(fs.existsSync);
}

/**
 * The driver's library. Its version is in its file's name, or undefined where that does not tell (as in WSL).
 * @returns {{library: string, version?: string} | undefined}
 */
export function findDriver(machine = {}) {
  const library = findLibrary('libcuda.so.1', machine);
  if (library === undefined) {
    return undefined;
  }
  return { library, version: fs.realpathSync(library).match(/\.so\.(\d+(\.\d+)+)$/)?.[1] };
}

const isNewEnough = ({ version }, oldest) =>
  version === undefined || Number.parseInt(version, 10) >= oldest;

/** What the environment says instead of the driver, if anything. */
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
 * Whether set-up brings TensorFlow for GPUs, and Bobbin's kernels: as `$BOBBIN_GPU` says, `yes` or `no`, else where there
 * is a driver that is new enough. One of unknown version counts as new.
 * @returns {{tensorflow: boolean, kernels: boolean}}
 */
export function gpuChoice(machine = {}) {
  const asked = askedFor(machine);
  const driver = findDriver(machine);
  const brings = (oldest) =>
    asked === undefined ? driver !== undefined && isNewEnough(driver, oldest) : asked === 'yes';
  return { tensorflow: brings(oldestDriver.tensorflow), kernels: brings(oldestDriver.kernels) };
}

/** The wheel that the addon is built on. */
export const tensorflowWheel = (machine) =>
  gpuChoice(machine).tensorflow ? wheels.tensorflowGpu : wheels.tensorflow;

/** What doctor says of the driver. None is no fault. */
export function inspectDriver(machine = {}) {
  const asked = askedFor(machine);
  const driver = findDriver(machine);
  const without = (remedy) => ({ ok: false, optional: true, remedy });
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
