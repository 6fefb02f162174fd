/** The peers' Python environments: what each installs, from requirements/NAME.in and its lock, and needs of the system. */
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
 * Lists in the order of their installation. `name` is the list's, `environment` the folder's; `above` is
 * a list that is there already; `packages` are Debian's; `gpu` marks what is of use with a GPU only.
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
  // Beside torch and DALI, which bring their CUDA along.
  { name: 'gpu', environment: 'peers', above: 'peers', packages: [], gpu: true },
  // The last release of MXNet needs an old NumPy.
  { name: 'mxnet', environment: 'mxnet', packages: ['libgomp1'] },
];

/** What a person writes: the wanted packages; and what lock.mjs writes: all packages, each with its SHA-256. */
export const wantedFile = (name) => path.join(requirements, `${name}.in`);
export const lockFile = (name) => path.join(requirements, `${name}.txt`);
