/** Claims of a run's folder by processes that live, die, and compete. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { lockRun } from '../../src/training/lock.js';
import { temporaryFolder } from '../support/folders.js';

const script = fileURLToPath(new URL('claim-run.ts', import.meta.url));

const claimInProcess = (run: string, ...times: string[]): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', script, run, ...times], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });

test('when another process trains in a folder then it is named, until it is killed', async (t) => {
  const run = path.join(temporaryFolder(t), 'run');
  const other = claimInProcess(run);
  await once(other.stdout as NodeJS.ReadableStream, 'data');
  const refusal = new RegExp(`without a training under way for run .* Process ${other.pid} trains`);
  await assert.rejects(lockRun(run), refusal);
  await assert.rejects(lockRun(run), refusal, 'a refused claim was left');
  other.kill('SIGKILL');
  await once(other, 'close');
  const unlock = await lockRun(run);
  assert.equal(readdirSync(run).length, 1, 'the dead claim is still there');
  await unlock();
  assert.deepEqual(readdirSync(run), []);
});

test('when a folder is claimed twice in one process then the second is refused until the first ends', async (t) => {
  const run = temporaryFolder(t);
  const unlock = await lockRun(run);
  await assert.rejects(lockRun(run), new RegExp(`Process ${process.pid} trains in it`));
  await unlock();
  await (await lockRun(run))();
});

test('when a process number was reused then its old claim is void', async (t) => {
  const run = temporaryFolder(t);
  writeFileSync(path.join(run, `lock-${process.ppid}-1`), '');
  writeFileSync(path.join(run, `lock-${process.pid}-1`), '');
  const unlock = await lockRun(run);
  assert.equal(readdirSync(run).length, 1);
  await unlock();
});

test('when processes claim a folder repeatedly then never two have it', async (t) => {
  const run = temporaryFolder(t);
  const racers = [1, 2, 3].map(() => claimInProcess(run, '300'));
  let claims = 0;
  for (const { stdout } of racers) {
    stdout?.on('data', (text) => {
      claims += String(text).split('\n').length - 1;
    });
  }
  const ends = await Promise.all(racers.map((racer) => once(racer, 'close')));
  assert.deepEqual(
    ends.map(([code]) => code),
    [0, 0, 0],
  );
  assert.ok(claims > 0, 'nobody ever had it');
  t.diagnostic(`${claims} of 900 claims succeeded`);
});
