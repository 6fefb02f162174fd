/** Runs the C++ tests of native/cuda's calls of CUDA's runtime: test/native/stub/device_test.cc. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { deviceTests, needsLibrary } from './built.js';

test(
  'when CUDA’s runtime is a stub, then devices and queues call it correctly',
  needsLibrary,
  () => {
    const { status, stdout, stderr } = spawnSync(deviceTests, [], { encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /^(\d\d) of \1 native tests passed$/m);
  },
);
