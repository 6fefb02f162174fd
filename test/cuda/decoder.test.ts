/** Runs the C++ tests of native/cuda's calls of nvJPEG: test/native/stub/nvjpeg/decoder_test.cc. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { decoderTests, needsLibrary } from './built.js';

test('when nvJPEG is a stub, then decoders call it as documented', needsLibrary, () => {
  const { status, stdout, stderr } = spawnSync(decoderTests, [], { encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /^(\d+) of \1 native tests passed$/m);
});
