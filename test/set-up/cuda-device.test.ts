/** The CUDA device in doctor: without a driver, without an addon or a library, and with the addon's answer. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { describe, inspectDevice } from '../../scripts/cuda-device.mjs';
import { temporaryFolder } from '../support/folders.js';

const folder = temporaryFolder();
const addon = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '../../native-build/Release/bobbin.node',
);
const library = path.join(folder, 'bobbin_cuda.so');
const loaderCache = path.join(folder, 'no.cache');
const without = (remedy: string) => ({ ok: false, optional: true, remedy });

test('when there is no driver then there is no device, and the addon is not called', () => {
  assert.deepEqual(inspectDevice('no addon', library, { env: {}, loaderCache }), without('none'));
});

test('when there is a driver but no kernels then doctor says how to build them', () => {
  writeFileSync(path.join(folder, 'libcuda.so.1'), '');
  const machine = { env: { LD_LIBRARY_PATH: folder }, loaderCache };
  const { ok, optional, remedy = '' } = inspectDevice(addon, library, machine);
  assert.deepEqual([ok, optional], [false, true]);
  assert.equal(remedy, 'no CUDA library, which `BOBBIN_GPU=yes npx bobbin setup` builds');
  assert.deepEqual(
    inspectDevice(path.join(folder, 'bobbin.node'), library, machine),
    without('unknown until the native addon is in order'),
  );
});

test("when the addon found a device then doctor gives its name, its driver's CUDA and nvJPEG's decoders", () => {
  const found = { available: true, reason: '', name: 'NVIDIA H100', driver: 12080 };
  assert.deepEqual(describe({ ...found, decoders: 'hardware' }, library), {
    ok: true,
    version: 'NVIDIA H100, CUDA 12.8 by its driver, nvJPEG: hardware',
    from: library,
  });
  const none = { available: false, reason: 'no GPU', name: '', driver: 13000, decoders: '' };
  assert.deepEqual(describe(none, library), without('no GPU'));
});
