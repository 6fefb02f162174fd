/** The tarball of the alias package. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { publint } from 'publint';
import { pack } from '../../scripts/develop/pack/tfjs-node.mjs';
import { temporaryFolder } from '../support/folders.js';

test('when the alias is packed, then it installs everywhere, runs no script, and publint has nothing to say', async (t) => {
  const { buffer } = new Uint8Array(readFileSync(await pack(temporaryFolder(t))));
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
  assert.deepEqual(messages, []);
  const { scripts, os, cpu, libc, license, dependencies, optionalDependencies } = pkg;
  assert.equal(license, 'Apache-2.0 AND MIT');
  assert.deepEqual([scripts, os, cpu, libc], Array(4).fill(undefined));
  assert.deepEqual(Object.keys(optionalDependencies), ['bobbin']);
  assert.deepEqual(dependencies, {
    '@tensorflow/tfjs': '4.22.0',
    '@tensorflow/tfjs-core': '4.22.0',
    'google-protobuf': '^3.9.2',
    progress: '^2.0.0',
  });
});
