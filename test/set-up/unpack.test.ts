/** Wheels are unpacked as Python's zipfile unpacks them; hostile ones are refused. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { unpack } from '../../scripts/fetch/unpack.mjs';
import { filesBelow } from '../../scripts/record.mjs';
import { temporaryFolder } from '../support/folders.js';

const folder = temporaryFolder();

const writeArchive = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as archive:
    def add(name, content, mode=0o644, kind=zipfile.ZIP_DEFLATED):
        entry = zipfile.ZipInfo(name, (2023, 7, 6, 5, 4, 2))
        entry.external_attr = mode << 16
        archive.writestr(entry, content, kind)
    archive.mkdir('kept') if hasattr(archive, 'mkdir') else archive.writestr('kept/', '')
    add('kept/large', bytes(range(256)) * 20000)
    add('kept/program', 'run', 0o755)
    add('kept/stored', 'stored', kind=zipfile.ZIP_STORED)
    add('kept/empty', '')
    add('left out', 'x')
with zipfile.ZipFile(sys.argv[1]) as archive:
    archive.extractall(sys.argv[2])
`;

const archive = path.join(folder, 'archive.whl');
const expected = path.join(folder, 'expected');
execFileSync('python3', ['-c', writeArchive, archive, expected]);

/** A copy of the archive in which each of some bytes is replaced by as many others. */
function changed(from: string | Buffer, to: string | Buffer) {
  const file = path.join(folder, 'changed.whl');
  const text = fs.readFileSync(archive, 'latin1');
  assert.ok(text.includes(from.toString('latin1')));
  const other = text.replaceAll(from.toString('latin1'), to.toString('latin1'));
  fs.writeFileSync(file, other, 'latin1');
  return file;
}

test("when a wheel is unpacked, then its files and their records are as Python's, with modes and times", async () => {
  const place = path.join(folder, 'place');
  const records = await unpack(archive, place, ['kept/'], 1e8);
  const names = ['kept/empty', 'kept/large', 'kept/program', 'kept/stored'];
  assert.deepEqual(filesBelow(place), names);
  const seconds = new Date(2023, 6, 6, 5, 4, 2).getTime() / 1000;
  for (const name of names) {
    const content = fs.readFileSync(path.join(expected, name));
    assert.deepEqual(fs.readFileSync(path.join(place, name)), content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    assert.deepEqual(records[name], [content.length, seconds, sha256]);
    const { mode, mtimeMs } = fs.statSync(path.join(place, name));
    assert.deepEqual(
      [mode & 0o100, mtimeMs],
      [name === 'kept/program' ? 0o100 : 0, 1000 * seconds],
    );
  }
});

test('when a path leads out of the folder, then the wheel is refused', async () => {
  const place = path.join(folder, 'out', 'place');
  await assert.rejects(unpack(changed('kept/stored', 'kept/../../'), place, ['kept/'], 1e8), {
    message: /invalid relative path/,
  });
  await assert.rejects(unpack(changed('kept/stored', '/ept/stored'), place, ['/'], 1e8), {
    message: /absolute path/,
  });
});

test('when files are larger than the archive says, or than is expected, then the wheel is refused', async () => {
  const size = (bytes: number) => {
    const field = Buffer.alloc(4);
    field.writeUInt32LE(bytes);
    return field;
  };
  const place = path.join(folder, 'large');
  for (const other of [1_000_000, 6_000_000]) {
    const file = changed(size(256 * 20000), size(other));
    await assert.rejects(unpack(file, place, ['kept/'], 1e8), {
      message: `Expected ${other} bytes in kept/large but received others`,
    });
  }
  await assert.rejects(unpack(archive, place, ['kept/'], 1e6), {
    message: 'Expected at most 1000000 bytes in archive.whl but received 5120009',
  });
});
