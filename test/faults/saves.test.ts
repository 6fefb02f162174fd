/** Everything that Bobbin saves, when the system cannot write. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/folders.js';
import { programOf } from '../support/run-bobbin.js';
import { buildShim, preloaded, tryAll } from './shim.js';

const shim = buildShim();
const skip = 'missing' in shim && shim.missing;

test('when the system cannot write, then a save is refused with file and way out, the earlier file stays and nothing is left over', {
  skip,
}, (t) => {
  const root = temporaryFolder(t);
  const log = path.join(temporaryFolder(t), 'calls');
  writeFileSync(log, '');
  const words = [
    ...programOf('test/faults/save-with-errors.ts'),
    root,
    log,
    tryAll ? '1000' : '12',
  ];
  const { stdout, stderr, status } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    env: preloaded(shim, { root, log }),
  });
  assert.equal(status, 0, stderr);
  assert.ok(Number(stdout) >= 50, `${stdout} errors`);
  t.diagnostic(`${stdout.trim()} errors injected`);
});
