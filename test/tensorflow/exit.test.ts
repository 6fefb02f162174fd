/** A process or worker with live objects ends cleanly, in every way that it can end. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { temporaryFolder } from '../support/folders.js';
import { programOf } from '../support/run-bobbin.js';

for (const way of ['return', 'exit', 'throw', 'worker', 'terminate']) {
  test(`when a process ends by ${way} with live tensors, then it ends cleanly`, (t) => {
    const { status, signal, stdout, stderr } = spawnSync(
      process.execPath,
      [...programOf('test/tensorflow/leave-everything.ts'), way, temporaryFolder(t)],
      { encoding: 'utf8' },
    );
    assert.match(stdout, /^everything is alive$/m);
    assert.equal(signal, null, stderr);
    assert.equal(status, way === 'throw' ? 1 : 0, stderr);
    assert.doesNotMatch(stderr, /core dumped|terminate called|Check failed|FATAL/);
  });
}

test('when workers that load the addon, compute or load batches are terminated, then the process goes on', (t) => {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [...programOf('test/tensorflow/terminate-workers.ts'), temporaryFolder(t)],
    { encoding: 'utf8' },
  );
  assert.deepEqual([status, signal], [0, null], stderr);
  assert.match(stdout, /^all are terminated$/m);
});

test('when workers end one after another with large live tensors, then their memory is freed', async () => {
  const megabytes = 128;
  const addon = fileURLToPath(new URL('../../native-build/Release/bobbin.node', import.meta.url));
  const holdOneTensor = `
    const binding = require(${JSON.stringify(addon)});
    const shape = [${megabytes}, 1 << 20];
    binding.createTensor(shape, binding.TF_UINT8, new Uint8Array(shape[0] * shape[1]));`;
  const end = async () => once(new Worker(holdOneTensor, { eval: true }), 'exit');
  assert.deepEqual(await end(), [0]);
  const afterOne = process.memoryUsage.rss();
  for (let i = 0; i < 4; i++) {
    await end();
  }
  const growth = (process.memoryUsage.rss() - afterOne) / (1 << 20);
  assert.ok(growth < megabytes, `grew by ${growth} MiB`);
});
