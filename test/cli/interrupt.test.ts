/** Commands that signals stop, in separate processes. */
import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { programOf } from '../support/run-bobbin.js';

/** The command, once it works, and what it prints. */
async function start(t: TestContext): Promise<{
  child: ChildProcessWithoutNullStreams;
  ended: Promise<{ code: number; stdout: string; stderr: string }>;
}> {
  const child = spawn(process.execPath, programOf('test/support/stop-slowly.ts'));
  t.after(() => child.kill('SIGKILL'));
  const printed = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    printed.stdout += text;
  });
  child.stderr.on('data', (text) => {
    printed.stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, ...printed }));
  await once(child.stdout, 'data');
  return { child, ended };
}

for (const [signal, expectedCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`when ${signal} comes, then the command saves and exits with ${expectedCode}`, async (t) => {
    const { child, ended } = await start(t);
    child.kill(signal);
    // npm passes on what the terminal sent already, and shells repeat a SIGHUP.
    child.kill(signal);
    const { code, stdout, stderr } = await ended;
    assert.equal(code, expectedCode);
    assert.equal(stdout, 'ready\nsaved\n');
    assert.match(stderr, /bobbin: Stopped with a checkpoint\.\n$/);
  });
}

test('when a second SIGTERM comes later, then the command stops at once', async (t) => {
  const { child, ended } = await start(t);
  child.kill('SIGINT');
  await once(child.stderr, 'data');
  await setTimeout(700);
  child.kill('SIGTERM');
  const { code, stdout } = await ended;
  assert.equal(code, 143);
  assert.equal(stdout, 'ready\n');
});

test('when the terminal is gone after SIGHUP, then the command still saves', async (t) => {
  const { child, ended } = await start(t);
  child.stdout.destroy();
  child.stderr.destroy();
  child.kill('SIGHUP');
  assert.equal((await ended).code, 129);
});
