/** Files are written completely or not at all, errors of the system are in words, and killed writers leave nothing for long. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { makeFolder, removeFile, replaceFile, writeWhole } from '../../src/disk/atomic-file.js';
import { temporaryName } from '../../src/disk/leftovers.js';
import { thisProcess } from '../../src/disk/processes.js';
import { temporaryFolder, writeFiles } from '../support/folders.js';
import { compiled, loader } from '../support/run-bobbin.js';

test('when writing fails half-way, then only the earlier file remains', async (t) => {
  const file = path.join(temporaryFolder(t), 'deep', 'a.txt');
  await writeWhole(file, 'earlier');
  const failing = replaceFile(file, async (unfinished) => {
    await writeFile(unfinished, 'hal');
    throw new Error('disk full');
  });
  await assert.rejects(failing, { message: 'disk full' });
  assert.equal(await readFile(file, 'utf8'), 'earlier');
  assert.deepEqual(await readdir(path.dirname(file)), ['a.txt']);
});

test('when a folder is written, then it appears with all in it', async (t) => {
  const folder = path.join(temporaryFolder(t), 'a', 'b');
  await replaceFile(folder, async (unfinished) => {
    await writeFiles(unfinished, { 'c/d.txt': 'd', 'e.txt': 'e' });
    assert.deepEqual(await readdir(path.dirname(folder)), [path.basename(unfinished)]);
  });
  const names = await readdir(folder, { recursive: true });
  assert.deepEqual(names.sort(), ['c', 'c/d.txt', 'e.txt']);
});

test('when a folder replaces an earlier one, then that is cleared only once the new one is on the disk', async (t) => {
  const folder = path.join(temporaryFolder(t), 'a');
  const clear = () => rm(folder, { recursive: true });
  await writeFiles(folder, { 'earlier.txt': '' });
  const failing = replaceFile(
    folder,
    async (unfinished) => {
      await mkdir(unfinished);
      // Opening it to flush it fails.
      await symlink('absent', path.join(unfinished, 'link'));
    },
    clear,
  );
  await assert.rejects(failing, /received ENOENT/);
  assert.deepEqual(await readdir(folder), ['earlier.txt']);
  await replaceFile(folder, (unfinished) => writeFiles(unfinished, { 'new.txt': '' }), clear);
  assert.deepEqual(await readdir(folder), ['new.txt']);
});

test('when a file grows beyond the limit of the system, then the error names file, size, cause and way out', (t) => {
  const file = path.join(temporaryFolder(t), 'a.bin');
  const source = compiled('src/disk/atomic-file.ts');
  const program = `
    const { writeWhole } = await import('${source}');
    await writeWhole('${file}', new Uint8Array(3_000_000)).catch((e) => console.log(e.message));`;
  const limited = `ulimit -f 1000; exec "$0" ${loader.join(' ')} --input-type=module -e "$1"`;
  const words = ['-c', limited, process.execPath, program];
  const { stdout, stderr } = spawnSync('bash', words, { encoding: 'utf8' });
  const remedy =
    'Raise the limit on the size of files (`ulimit -f`), or name a folder on another file system';
  const line = `Expected to write 3.00 MB to ${file} but received EFBIG: file too large. ${remedy}\n`;
  assert.equal(stdout, line, stderr);
});

test('when a folder or a file stands in the way, then the error says so', async (t) => {
  const folder = temporaryFolder(t);
  await mkdir(path.join(folder, 'a.txt'));
  await assert.rejects(
    writeWhole(path.join(folder, 'a.txt'), ''),
    /received EISDIR.* move it away/,
  );
  await assert.rejects(
    removeFile(path.join(folder, 'a.txt')),
    /a\.txt but received EISDIR: .* move/,
  );
  await writeFile(path.join(folder, 'b'), '');
  const below = path.join(folder, 'b', 'c', 'd.txt');
  await assert.rejects(writeWhole(below, ''), /b\/c but received ENOTDIR.*path is a file/);
  await assert.rejects(makeFolder(path.join(folder, 'b')), /received EEXIST/);
});

test('when killed processes left temporary files, then the next write there removes them and no others', async (t) => {
  const folder = temporaryFolder(t);
  const own = await temporaryName('alive.txt');
  const { space, pid, start } = await thisProcess();
  const ended = own.replace(`${pid}-${start}`, `${pid}-1`);
  const uuid = '01234567-89ab-4cde-8f01-23456789abcd';
  await writeFiles(folder, {
    [own]: 'of this process, which may still write it',
    [ended]: 'of an ended process',
    [`${ended}.bak`]: "a person's copy",
    [own.replace(space, '00000000cafe')]: 'of another container, still fresh',
    [`a.txt.${uuid}.tmp`]: 'of Bobbin 0.1',
    [`b.txt.${uuid}.tmp`]: "perhaps another program's",
    'c.tmp': "another program's",
  });
  await mkdir(path.join(folder, (await temporaryName('folder')).replace(`-${pid}-`, '-0-')));
  await writeWhole(path.join(folder, 'a.txt'), 'a');
  const others = [`${ended}.bak`, `b.txt.${uuid}.tmp`, 'c.tmp'];
  const kept = [own, own.replace(space, '00000000cafe'), ...others, 'a.txt'];
  assert.deepEqual((await readdir(folder)).sort(), kept.sort());
});
