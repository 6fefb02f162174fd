/** What Bobbin needs of the operating system: how to look for it and which Debian package brings it. */
import { ask, workQuietly } from './run.mjs';

/** Compiles a C++20 file that uses jpeglib.h; its output names the libjpeg-turbo version. */
function probeJpeg() {
  const source = '#include <cstdio>\n#include <jpeglib.h>\nLIBJPEG_TURBO_VERSION';
  const lines = ask('c++', ['-E', '-P', '-x', 'c++', '-'], {
    input: source,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const version = lines?.split('\n').at(-1)?.replaceAll(' ', '');
  return version === 'LIBJPEG_TURBO_VERSION' ? undefined : version;
}

/** C++20, and what native/core/kernels/simd and its dispatch are made of: GCC has it from 12 on. */
const compilerProbe = `
#include <concepts>
using Bytes = unsigned char __attribute__((vector_size(4)));
template <std::integral T> T f(T x) { return x; }
Bytes reversed(Bytes a) { return __builtin_shufflevector(a, a, 3, 2, 1, 0); }
int y = f(__builtin_cpu_supports("x86-64-v4"));
`;

/** The compiler's version if it knows all that Bobbin is written in. To assembly, which needs no temporary file. */
function probeCompiler() {
  const result = ask('c++', ['-std=c++20', '-x', 'c++', '-S', '-o', '-', '-'], {
    input: compilerProbe,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  return result === undefined ? undefined : ask('c++', ['-dumpfullversion', '-dumpversion']);
}

/** @param {string | undefined} text */
const firstNumber = (text) => text?.match(/\d+(\.\d+)+/)?.[0];

/**
 * A part of the operating system: its name, the Debian packages that bring it, and a probe that returns its version,
 * or undefined if it is missing.
 * @typedef {{name: string, packages: string[], probe: () => string | undefined}} SystemPart
 */

/**
 * What builds the native addon and the CUDA kernels.
 * @type {SystemPart[]}
 */
export const buildTools = [
  { name: 'C++20 compiler (GCC from 12 on)', packages: ['g++'], probe: probeCompiler },
  { name: 'CMake', packages: ['cmake'], probe: () => firstNumber(ask('cmake', ['--version'])) },
  { name: 'make', packages: ['make'], probe: () => firstNumber(ask('make', ['--version'])) },
  { name: 'libjpeg-turbo', packages: ['libjpeg-dev'], probe: probeJpeg },
];

/** Whether this process may install Debian packages. */
export const mayInstall = () =>
  process.getuid?.() === 0 && ask('apt-get', ['--version']) !== undefined;

/**
 * The command that installs Debian packages, for people to copy.
 * @param {string[]} packages
 */
export const installCommand = (packages) => `apt-get install ${packages.join(' ')}`;

/**
 * Installs Debian packages without asking.
 * @param {string[]} packages
 */
export function installPackages(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const label = `${packages.join(' ')}: installing`;
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...packages];
  for (const args of [['update', '-qq'], install]) {
    workQuietly({ label }, 'apt-get', args, { env });
  }
}

/**
 * Installs the build tools that are missing.
 * @throws {Error} one sentence that names them and how to get them, when this process may not
 */
export function ensureBuildTools() {
  const missing = buildTools.filter(({ probe }) => probe() === undefined);
  if (missing.length === 0) {
    return;
  }
  const packages = missing.flatMap((tool) => tool.packages);
  if (!mayInstall()) {
    const names = missing.map(({ name }) => name).join(', ');
    throw new Error(`building it needs ${names}: ${installCommand(packages)} (as root).`);
  }
  installPackages(packages);
}
