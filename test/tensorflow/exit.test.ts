/** A process or worker that ends with everything still alive ends cleanly, whichever way it ends. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('leave-everything.ts', import.meta.url));

for (const way of ['return', 'exit', 'throw', 'worker', 'terminate']) {
  test(`when a process ends by ${way} with tensors alive, then it ends as it should`, () => {
    const { status, signal, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', program, way],
      { encoding: 'utf8' },
    );
    assert.match(stdout, /^everything is alive$/m);
    assert.equal(signal, null, stderr);
    assert.equal(status, way === 'throw' ? 1 : 0, stderr);
    assert.doesNotMatch(stderr, /core dumped|terminate called|Check failed|FATAL/);
  });
}
