/** Set-up and a machine's NVIDIA driver. Drivers are files in a temporary folder with NVIDIA's names. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import {
  findDriver,
  gpuChoice,
  inspectDriver,
  type Machine,
  tensorflowWheel,
} from '../../scripts/gpu.mjs';
import { wheels } from '../../scripts/pins.mjs';
import { temporaryFolder } from '../support/folders.js';

const folder = temporaryFolder();

/** A folder with libcuda.so.1, a link to the file that carries the version. */
function driverFolder(version: string): string {
  const made = path.join(folder, version);
  mkdirSync(made, { recursive: true });
  const file = path.join(made, `libcuda.so.${version}`);
  writeFileSync(file, '');
  rmSync(path.join(made, 'libcuda.so.1'), { force: true });
  symlinkSync(file, path.join(made, 'libcuda.so.1'));
  writeFileSync(path.join(made, 'libnvidia-ml.so.1'), '');
  return made;
}

/** A machine with only the driver in its search path, if there is one. */
const machine = (version?: string, asked?: string): Machine => ({
  env: {
    ...(version !== undefined && { LD_LIBRARY_PATH: `/none:${driverFolder(version)}` }),
    ...(asked !== undefined && { BOBBIN_GPU: asked }),
  },
  loaderCache: path.join(folder, 'no.cache'),
});

test("when the driver's library is in the search path then it is found with its version", () => {
  assert.deepEqual(findDriver(machine('580.65.06')), {
    library: path.join(folder, '580.65.06', 'libcuda.so.1'),
    version: '580.65.06',
  });
  assert.equal(findDriver(machine()), undefined);
});

test("when only the loader's cache lists the driver then it is found until its file is deleted", (t) => {
  if (findDriver({ env: {} }) !== undefined) {
    return t.skip('this machine has a driver');
  }
  const libraries = path.join(folder, 'cached');
  mkdirSync(libraries);
  const file = path.join(libraries, 'libcuda.so.1');
  const flags = ['-shared', '-x', 'c++', '-', '-Wl,-soname,libcuda.so.1', '-o', file];
  execFileSync('c++', flags, { input: '' });
  writeFileSync(path.join(folder, 'ld.so.conf'), `${libraries}\n`);
  const loaderCache = path.join(folder, 'ld.so.cache');
  execFileSync('/sbin/ldconfig', ['-X', '-C', loaderCache, '-f', path.join(folder, 'ld.so.conf')]);

  // A library without a version in its name, as in WSL, counts as new.
  assert.equal(findDriver({ env: {}, loaderCache })?.library, file);
  assert.deepEqual(gpuChoice({ env: {}, loaderCache }), { tensorflow: true, kernels: true });
  rmSync(file);
  assert.equal(findDriver({ env: {}, loaderCache }), undefined);
});

test('when there is a driver then its version decides about the wheel and the kernels', () => {
  const choices = [
    ['none', undefined, false, false],
    ['old', '470.256.02', false, false],
    ['just too old', '520.61.05', false, false],
    ['the oldest for TensorFlow', '525.60.13', true, false],
    ['just too old for kernels', '575.57.08', true, false],
    ['the oldest for both', '580.65.06', true, true],
    ['one to come', '1000.1', true, true],
  ] as const;
  for (const [name, version, tensorflow, kernels] of choices) {
    assert.deepEqual(gpuChoice(machine(version)), { tensorflow, kernels }, name);
    const wheel = tensorflow ? wheels.tensorflowGpu : wheels.tensorflow;
    assert.equal(tensorflowWheel(machine(version)), wheel, name);
  }
});

test('when BOBBIN_GPU is yes or no then it decides, and other values are errors', () => {
  assert.deepEqual(gpuChoice(machine(undefined, 'yes')), { tensorflow: true, kernels: true });
  assert.deepEqual(gpuChoice(machine('470.256.02', 'yes')), { tensorflow: true, kernels: true });
  assert.deepEqual(gpuChoice(machine('580.65.06', 'no')), { tensorflow: false, kernels: false });
  const message =
    'Expected yes or no for BOBBIN_GPU but received "1"; without it the driver decides';
  assert.throws(() => gpuChoice(machine('580.65.06', '1')), { message });
});

test('when doctor finds a driver then it shows its version and the benefit of a newer one', () => {
  assert.deepEqual(inspectDriver(machine('580.65.06')), {
    ok: true,
    version: '580.65.06',
    from: path.join(folder, '580.65.06', 'libcuda.so.1'),
  });
  const without = [
    [undefined, undefined, 'none: Bobbin runs on the CPU'],
    [undefined, 'yes', 'none: Bobbin runs on the CPU, with what BOBBIN_GPU=yes brings for a GPU'],
    ['580.65.06', 'no', '580.65.06, not used because of BOBBIN_GPU=no'],
    [
      '470.256.02',
      undefined,
      '470.256.02, too old: install 525 or later to train on the GPU, 580 to augment there, too',
    ],
    [
      '535.183.01',
      undefined,
      '535.183.01, enough to train on the GPU: install 580 to augment there, too',
    ],
  ] as const;
  for (const [version, asked, remedy] of without) {
    assert.deepEqual(inspectDriver(machine(version, asked)), { ok: false, optional: true, remedy });
  }
});

test("when a container lacks the driver's management library then doctor says how to get it", () => {
  const container = machine('580.65.06');
  rmSync(path.join(folder, '580.65.06', 'libnvidia-ml.so.1'));
  assert.match(
    inspectDriver(container).remedy ?? '',
    /^580\.65\.06, but no libnvidia-ml\.so\.1, .* NVIDIA_DRIVER_CAPABILITIES=compute,utility,video$/,
  );
});
