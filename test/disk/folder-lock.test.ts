/** Claims of a folder by processes that live, die, compete, and that run in other containers. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { prepare } from '../../src/dataset/index.js';
import { removeFile, writeWhole } from '../../src/disk/atomic-file.js';
import { inTurn, isClaimed, lockFolder } from '../../src/disk/folder-lock.js';
import { claimOf, lifetime } from '../../src/disk/leftovers.js';
import { thisProcess } from '../../src/disk/processes.js';
import { type SubmitRequest, submit } from '../../src/submission/index.js';
import { temporaryFolder, writeFiles } from '../support/folders.js';
import { programOf } from '../support/run-bobbin.js';

const script = programOf('test/support/claim-folder.ts');

function claimInProcess(t: TestContext, words: string[], before: string[] = []): ChildProcess {
  const [command, ...rest] = [...before, process.execPath, ...script, ...words];
  const child = spawn(command as string, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

const claimed = (child: ChildProcess) => once(child.stdout as NodeJS.ReadableStream, 'data');

/** Makes the claim of a process that cannot be seen from here, rewritten `age` seconds ago. */
function claimElsewhere(folder: string, age: number): string {
  const file = path.join(folder, claimOf({ space: '00000000cafe', pid: 7, start: '1' }));
  writeFileSync(file, 'held\n');
  const then = Date.now() / 1000 - age;
  utimesSync(file, then, then);
  return file;
}

test('when another process works in a folder, then it is named, until it is killed', async (t) => {
  const folder = path.join(temporaryFolder(t), 'run');
  const other = claimInProcess(t, [folder]);
  await claimed(other);
  const refusal = new RegExp(`in which no other call works for run .* Process ${other.pid} works`);
  await assert.rejects(lockFolder(folder, 'run'), refusal);
  await assert.rejects(lockFolder(folder, 'run'), refusal, 'a refused claim was left');
  other.kill('SIGKILL');
  await once(other, 'close');
  const unlock = await lockFolder(folder, 'run');
  assert.equal(readdirSync(folder).length, 1, 'the dead claim is still there');
  await unlock();
  assert.deepEqual(readdirSync(folder), []);
});

test('when a call shares a folder, then others that share it may work there, too, and no other call', async (t) => {
  const folder = path.join(temporaryFolder(t), 'run');
  const other = claimInProcess(t, [folder, 'shared']);
  await claimed(other);
  const unlock = await lockFolder(folder, 'run', { shared: true });
  assert.ok(await isClaimed(folder));
  const refusal = new RegExp(`Process (${other.pid}|${process.pid}) works in it`);
  await assert.rejects(lockFolder(folder, 'run'), refusal);
  await unlock();
  await assert.rejects(lockFolder(folder, 'run'), refusal);
  other.kill('SIGKILL');
  await once(other, 'close');
  const alone = await lockFolder(folder, 'run');
  await assert.rejects(lockFolder(folder, 'run', { shared: true }), refusal);
  assert.ok(!(await isClaimed(folder)), 'its own claim is none of another call');
  await alone();
});

test('when a call waits for its turn, then it works once the other has ended, or not if it is aborted', async (t) => {
  const folder = temporaryFolder(t);
  const unlock = await lockFolder(folder, 'run');
  const aborted = AbortSignal.timeout(100);
  await assert.rejects(
    inTurn(folder, async () => {}, aborted),
    (error) => error === aborted.reason,
  );
  const turn = inTurn(folder, async () => readdirSync(folder).length);
  await unlock();
  assert.equal(await turn, 1);
  assert.deepEqual(readdirSync(folder), []);
});

test('when calls of one process claim a folder at once, then exactly one of them succeeds', async (t) => {
  const folder = temporaryFolder(t);
  for (let round = 0; round < 20; round++) {
    const calls = [1, 2, 3].map(() => lockFolder(folder, 'run'));
    const ends = await Promise.allSettled(calls);
    const [first, ...others] = ends.filter((end) => end.status === 'fulfilled');
    assert.ok(first !== undefined && others.length === 0, `${others.length + 1} succeeded`);
    const refused = ends.find((end) => end.status === 'rejected');
    assert.match(`${refused?.reason}`, new RegExp(`Process ${process.pid} works in it`));
    await first.value();
  }
});

test('when a folder is claimed, then prepare and submit refuse it', async (t) => {
  const out = temporaryFolder(t);
  const unlock = await lockFolder(out, 'out');
  const source = temporaryFolder(t);
  await writeFiles(source, { 'Tests/question.csv': 'Images/a.jpg,coat_length_labels,?\n' });
  const refusal = /a folder in which no other call works for out/;
  await assert.rejects(prepare(source, { out }), refusal);
  const request = { source, out, seed: 1, validationFraction: 0.1, training: {} };
  await assert.rejects(submit(request as SubmitRequest), refusal);
  await unlock();
  assert.deepEqual(readdirSync(out), []);
});

test('when a process number was reused, then its old claim is void', async (t) => {
  const folder = temporaryFolder(t);
  const { space } = await thisProcess();
  writeFileSync(path.join(folder, claimOf({ space, pid: process.ppid, start: '1' })), 'held\n');
  writeFileSync(path.join(folder, `lock-${process.pid}-1`), '');
  const unlock = await lockFolder(folder, 'run');
  assert.equal(readdirSync(folder).length, 1);
  await unlock();
});

test('when a claim is from another container, then it holds for a minute after it was last rewritten', async (t) => {
  const folder = temporaryFolder(t);
  claimElsewhere(folder, 50);
  const refusal =
    /Process 7 of another container or machine works in it, or was killed less than a/;
  await assert.rejects(lockFolder(folder, 'run'), refusal);
  const file = claimElsewhere(folder, 70);
  const unlock = await lockFolder(folder, 'run');
  assert.ok(!existsSync(file));
  await unlock();
});

test('when a folder is held for long, then its claim is rewritten every few seconds', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const folder = temporaryFolder(t);
  const unlock = await lockFolder(folder, 'run');
  const claim = path.join(folder, claimOf(await thisProcess()));
  utimesSync(claim, 0, 0);
  t.mock.timers.tick(lifetime / 10);
  for (const end = Date.now() + 30_000; statSync(claim).mtimeMs === 0; ) {
    assert.ok(Date.now() < end, 'the claim is not rewritten');
    await setTimeout(1);
  }
  assert.ok(Date.now() - statSync(claim).mtimeMs < lifetime);
  await unlock();
});

test('when a call stood still until another one took its folder, then it can no longer write there', async (t) => {
  const folder = temporaryFolder(t);
  const [inside, outside] = [path.join(folder, 'run/model/a.txt'), path.join(folder, 'a.txt')];
  const run = path.join(folder, 'run');
  const unlock = await lockFolder(run, 'run');
  await writeWhole(inside, 'earlier');
  // As the other one does with a claim that was not rewritten for a minute.
  rmSync(path.join(run, claimOf(await thisProcess())));
  const refusal = new RegExp(
    `Missing the lock of this call for ${run}\\. .* another call works there now`,
  );
  await assert.rejects(writeWhole(inside, 'later'), refusal);
  await assert.rejects(removeFile(inside), refusal);
  assert.equal(readFileSync(inside, 'utf8'), 'earlier');
  assert.deepEqual(readdirSync(path.dirname(inside)), ['a.txt']);
  await writeWhole(outside, 'elsewhere');
  await unlock();
  await writeWhole(inside, 'of a call without a lock');
});

test('when a process of another PID namespace works in a folder, then it is refused to this one', async (t) => {
  const namespace = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
  if (spawnSync('unshare', [...namespace.slice(1), 'true']).status !== 0) {
    t.skip('this user or system can make no PID namespace');
    return;
  }
  const folder = temporaryFolder(t);
  const other = claimInProcess(t, [folder], namespace);
  await claimed(other);
  const refusal = /Process \d+ of another container or machine works in it/;
  await assert.rejects(lockFolder(folder, 'run'), refusal);
});

test('when processes claim a folder repeatedly, then never two have it', async (t) => {
  const folder = temporaryFolder(t);
  const racers = [1, 2, 3].map(() => claimInProcess(t, [folder, '300']));
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
