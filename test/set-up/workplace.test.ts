/** Workplaces: those of ended processes go; running processes and people keep theirs. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  clearWorkplaces,
  makeWorkplace,
  partialFile,
  removeWorkplace,
  takePartial,
} from '../../scripts/workplace.mjs';
import { temporaryFolder, writeFiles } from '../support/folders.js';

/** Makes a folder look as if nobody had written into it for an hour. */
function age(folder: string) {
  const seconds = Date.now() / 1000 - 3600;
  for (const name of ['.', ...fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
    fs.utimesSync(path.join(folder, name), seconds, seconds);
  }
}

test("when a person's file or folder is called like a download, then it stays; those of older set-ups go", async (t) => {
  const cache = temporaryFolder(t);
  const requirements = `tiny==1.0 --hash=sha256:${'0'.repeat(64)}\n`;
  const kept = {
    'fetch-results/photo.jpg': '',
    'fetch-notes.txt': '',
    'fetch-photos/photo.jpg': '',
    'fetch-wheels/tiny.whl': '',
    'fetch-mixed1/requirements.txt': requirements,
    'fetch-mixed1/photo.jpg': '',
    'fetch-pinned/requirements.txt': 'tiny==1.0\n',
    'fetch-0a1b2c3d.1-1-1': '',
    'fetch-AbCdEf': '',
  };
  const gone = {
    'fetch-uvWX01/requirements.txt': requirements,
    'fetch-uvWX01/tiny.whl': '',
    'fetch-uvWX01/unpacked/tiny/photo.jpg': '',
    'fetch-0a1b2c3d.1-1-2/tiny.whl': '',
  };
  await writeFiles(cache, { ...kept, ...gone });
  for (const link of ['fetch-0a1b2c3d.1-1-3', 'fetch-GhIjKl']) {
    fs.symlinkSync('fetch-uvWX01', path.join(cache, link));
  }
  age(cache);
  clearWorkplaces(cache);
  const names = [
    ...Object.keys(kept).map((name) => name.split('/')[0] ?? ''),
    'fetch-0a1b2c3d.1-1-3',
    'fetch-GhIjKl',
  ];
  assert.deepEqual(fs.readdirSync(cache).sort(), [...new Set(names)].sort());
});

test('when one download is closed to a user, then the others still go', (t) => {
  const script = path.resolve(import.meta.dirname, '../../scripts/workplace.mjs');
  const user = ['--reuid=65534', '--regid=65534', '--clear-groups'];
  const asUser = (code: string) => {
    const program = `const { clearWorkplaces } = await import('${script}'); ${code}`;
    const node = [process.execPath, '--input-type', 'module', '--eval', program];
    return spawnSync('setpriv', [...user, ...node]).status;
  };
  if (asUser('') !== 0) {
    return t.skip('needs root, setpriv and a checkout that all users can read');
  }
  const cache = temporaryFolder(t);
  const [closed, open] = ['fetch-0a1b2c3d.1-1-1', 'fetch-0a1b2c3d.1-1-2'];
  for (const name of [closed, open]) {
    fs.mkdirSync(path.join(cache, name), { mode: 0o700 });
  }
  fs.chmodSync(cache, 0o777);
  fs.chownSync(path.join(cache, open), 65534, 65534);
  age(cache);
  assert.equal(asUser(`clearWorkplaces('${cache}')`), 0);
  assert.deepEqual(fs.readdirSync(cache), [closed]);
});

test("when another user's beginning of a download is closed to this one, then the download starts again", (t) => {
  const script = path.resolve(import.meta.dirname, '../../scripts/workplace.mjs');
  const user = ['--reuid=65534', '--regid=65534', '--clear-groups'];
  const asUser = (code: string) => {
    const program = `const { makeWorkplace, takePartial } = await import('${script}'); ${code}`;
    const node = [process.execPath, '--input-type', 'module', '--eval', program];
    return spawnSync('setpriv', [...user, ...node]).status;
  };
  if (asUser('') !== 0) {
    return t.skip('needs root, setpriv and a checkout that all users can read');
  }
  const cache = temporaryFolder(t);
  const hash = '0'.repeat(64);
  fs.writeFileSync(path.join(cache, `partial-${hash}`), 'root', { mode: 0o644 });
  fs.chmodSync(cache, 0o777);
  assert.equal(asUser(`takePartial(makeWorkplace('${cache}'), '${hash}')`), 0);
  const [workplace = '', ...others] = fs.readdirSync(cache);
  assert.deepEqual([others, fs.readdirSync(path.join(cache, workplace))], [[], []]);
});

test('when a process has ended but its parent has not yet waited for it, then its download goes', async (t) => {
  const cache = temporaryFolder(t);
  // The program that `exec` puts in place of the shell does not know of the child.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60']);
  t.after(() => parent.kill());
  const [pid] = String(await once(parent.stdout, 'data'))
    .trim()
    .split('\n');
  const fields = () => fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
  const signal = AbortSignal.timeout(10_000);
  while (fields()[2] !== 'Z') {
    await sleep(10, undefined, { signal });
  }
  const own = path.basename(makeWorkplace(cache));
  fs.mkdirSync(path.join(cache, own.replace(/\d+-\d+$/, `${pid}-${fields()[21]}`)));
  clearWorkplaces(cache);
  assert.deepEqual(fs.readdirSync(cache), [own]);
});

test('when there is no /proc, then a workplace is made, and those of others stay while they are in use', (t) => {
  const cache = temporaryFolder(t);
  const script = path.resolve(import.meta.dirname, '../../scripts/workplace.mjs');
  const program = `const { makeWorkplace } = await import('${script}'); makeWorkplace('${cache}')`;
  const hidden = ['--mount', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$@"', 'sh'];
  const run = (code: string) =>
    spawnSync('unshare', [...hidden, process.execPath, '--input-type', 'module', '--eval', code])
      .status;
  if (run('') !== 0) {
    return t.skip('needs root, and the right to mount');
  }
  assert.deepEqual([run(program), run(program)], [0, 0]);
  assert.equal(fs.readdirSync(cache).length, 2);
});

test("when this machine's clock is ahead of the file system's, then a download in progress elsewhere stays", (t) => {
  const cache = temporaryFolder(t);
  fs.mkdirSync(path.join(cache, 'fetch-0a1b2c3d.1-1-1'));
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 3_600_000 });
  clearWorkplaces(cache);
  assert.deepEqual(fs.readdirSync(cache), ['fetch-0a1b2c3d.1-1-1']);
});

test('when a workplace goes, then the beginnings of downloads in it stay for a week, and one other takes each', async (t) => {
  const cache = temporaryFolder(t);
  const [first, second, third] = ['0', '1', '2'].map((digit) => `partial-${digit.repeat(64)}`);
  await writeFiles(cache, {
    [`fetch-0a1b2c3d.1-1-1/${first}`]: 'first',
    'fetch-0a1b2c3d.1-1-1/tiny.whl': '',
    [`${second}`]: 'second',
    [`${third}`]: 'third',
  });
  age(path.join(cache, 'fetch-0a1b2c3d.1-1-1'));
  const days = (count: number) => Date.now() / 1000 - 86_400 * count;
  fs.utimesSync(path.join(cache, `${second}`), days(6), days(6));
  fs.utimesSync(path.join(cache, `${third}`), days(8), days(8));
  clearWorkplaces(cache);
  assert.deepEqual(fs.readdirSync(cache).sort(), [first, second]);

  const own = makeWorkplace(cache);
  takePartial(own, '0'.repeat(64));
  assert.equal(fs.readFileSync(partialFile(own, '0'.repeat(64)), 'utf8'), 'first');
  takePartial(own, '2'.repeat(64));
  assert.equal(fs.existsSync(partialFile(own, '2'.repeat(64))), false);
  assert.deepEqual(fs.readdirSync(cache).sort(), [path.basename(own), second]);
  removeWorkplace(own);
  assert.deepEqual(fs.readdirSync(cache).sort(), [first, second]);
});
