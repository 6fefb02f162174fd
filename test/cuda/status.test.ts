/** The cuda_status without usable CUDA: the real library with a stub of NVIDIA's driver. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { temporaryFolder } from '../support/folders.js';
import { cudaLibrary, needsLibrary, statusProgram } from './built.js';

const folder = temporaryFolder();

before(() => {
  const source = path.join(import.meta.dirname, '..', 'native', 'stub', 'driver.c');
  const stub = path.join(folder, 'libcuda.so.1');
  execFileSync('cc', ['-shared', '-fPIC', '-Wall', '-Werror', '-o', stub, source]);
});

/** The lines of a status, printed by a separate process with the driver of `environment`. */
function statusOf(library: string, environment: Record<string, string> = {}) {
  const env = { ...process.env, LD_LIBRARY_PATH: folder, ...environment };
  return execFileSync(statusProgram, [library], { env, encoding: 'utf8' }).split('\n').slice(0, -1);
}

test('when there is no driver, then the status asks for one', needsLibrary, () => {
  const drivers = path.join(folder, 'none');
  fs.mkdirSync(drivers);
  // A file that cannot be loaded hides a driver of this machine.
  fs.writeFileSync(path.join(drivers, 'libcuda.so.1'), '');
  assert.deepEqual(statusOf(cudaLibrary, { LD_LIBRARY_PATH: drivers }), [
    'available: no',
    'reason: no NVIDIA driver (libcuda.so.1); Bobbin needs version 580 or later',
    'driver: 0',
    'runtime: 13000',
    'name: ',
  ]);
});

test(
  'when the driver is too old, then its version and the needed one are named',
  needsLibrary,
  () => {
    const [available, reason, driver] = statusOf(cudaLibrary, { STUB_VERSION: '12040' });
    assert.equal(available, 'available: no');
    assert.equal(
      reason,
      'reason: an NVIDIA driver for CUDA 12.4; Bobbin needs CUDA 13.0, driver version 580 or later',
    );
    assert.equal(driver, 'driver: 12040');
  },
);

test('when the driver finds no GPU, then the ways to look for it are named', needsLibrary, () => {
  const [available, reason, driver] = statusOf(cudaLibrary, { STUB_INIT: '100' });
  assert.equal(available, 'available: no');
  assert.equal(
    reason,
    'reason: no GPU found by the NVIDIA driver (see `nvidia-smi` and CUDA_VISIBLE_DEVICES)',
  );
  assert.equal(driver, 'driver: 13000');
});

const others = [
  [3, 'initialization error (cudaErrorInitializationError)'],
  [
    803,
    'system has unsupported display driver / cuda driver combination (cudaErrorSystemDriverMismatch)',
  ],
  [999, 'unknown error (cudaErrorUnknown)'],
  // What the stub does not have.
  [0, 'operation not supported (cudaErrorNotSupported)'],
] as const;
for (const [code, words] of others) {
  test(`when cuInit returns ${code}, then the status has CUDA's message`, needsLibrary, () => {
    const [available, reason] = statusOf(cudaLibrary, { STUB_INIT: String(code) });
    assert.equal(available, 'available: no');
    assert.equal(reason, `reason: a failure of cudaGetDeviceCount, ${words}`);
  });
}

test(
  'when the library is from another build than the addon, then it is not used',
  needsLibrary,
  () => {
    const bytes = fs.readFileSync(cudaLibrary, 'latin1');
    // Its hash of headers is the only text of 64 hexadecimal digits.
    const [hash] = bytes.match(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/) ?? [];
    assert.ok(hash);
    const other = path.join(folder, 'other.so');
    fs.writeFileSync(other, bytes.replace(hash, '0'.repeat(64)), 'latin1');
    assert.equal(
      statusOf(other)[1],
      `reason: a CUDA library that was built from different headers than the addon; \`BOBBIN_GPU=yes npx bobbin setup\` rebuilds it`,
    );
  },
);
