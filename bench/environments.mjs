/** The peers' Python environments: the packages of each, by requirements/NAME.in and its lock, and what it needs of the system. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ask } from '../scripts/run.mjs';

const requirements = path.join(path.dirname(fileURLToPath(import.meta.url)), 'requirements');

/** The version of Python that the locks are for. */
export const pythonVersion = '3.11';

/** The interpreter of that version, or undefined. */
export const findPython = () =>
  [`python${pythonVersion}`, 'python3'].find((command) =>
    ask(command, ['--version'])?.startsWith(`Python ${pythonVersion}.`),
  );

/**
 * `name` is the list's, `environment` the folder's; `above` is a list that is installed before; `packages` are Debian's;
 * `gpu` marks a list that only a machine with a GPU uses.
 * @typedef {{name: string, environment: string, above?: string, packages: string[], gpu?: boolean}} PackageList
 */

/**
 * Lists in the order of their installation.
 * @type {PackageList[]}
 */
export const lists = [
  // SPDL runs on the system's FFmpeg.
  { name: 'peers', environment: 'peers', packages: ['libavfilter-dev', 'libavdevice-dev'] },
  // It is compiled here, and uses torch.
  {
    name: 'ffcv',
    environment: 'peers',
    above: 'peers',
    packages: ['pkg-config', 'libopencv-dev', 'libturbojpeg0-dev'],
  },
  // Networks and the runtime that computes their files, beside torch.
  { name: 'networks', environment: 'peers', above: 'peers', packages: [] },
  // Trains beside torch.
  { name: 'accuracy', environment: 'peers', above: 'peers', packages: [] },
  // They run a network that torch exports.
  { name: 'runtimes', environment: 'peers', above: 'peers', packages: [] },
  // They load what Bobbin exports, in its tests.
  { name: 'exports', environment: 'exports', packages: [] },
  // Beside torch and DALI, which bring their CUDA along.
  { name: 'gpu', environment: 'peers', above: 'peers', packages: [], gpu: true },
  // The last release of MXNet needs an old NumPy.
  { name: 'mxnet', environment: 'mxnet', packages: ['libgomp1'] },
];

/**
 * The file of the wanted packages, which a person writes.
 * @param {string} name
 */
export const wantedFile = (name) => path.join(requirements, `${name}.in`);
/**
 * The file of all packages, each with its SHA-256, which lock.mjs writes.
 * @param {string} name
 */
export const lockFile = (name) => path.join(requirements, `${name}.txt`);
