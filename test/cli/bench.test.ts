/** `bobbin bench`: the images of a folder that it measures. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { temporaryFolder } from '../support/folders.js';
import { runBobbin } from '../support/run-bobbin.js';
import { tarOf } from '../support/shard-files.js';

const drawn = sharp({ create: { width: 60, height: 40, channels: 3, background: '#a51' } });

/** The shares of images that are not JPEG files and the numbers of unreadable ones, a row for each number of threads. */
async function measured(folder: string): Promise<string[][]> {
  const { code, stdout, stderr } = await runBobbin(['bench', folder, '--seconds', '0.1']);
  assert.equal(code, 0, stderr);
  const rows = stdout.split('\n').filter((line) => /^ *\d+ +\d+ /.test(line));
  assert.ok(rows.length > 0, stdout);
  return rows.map((row) => row.trim().split(/ {2,}/).slice(-2));
}

test('when a folder has a picture and shards, then the shards are measured', async (t) => {
  const folder = temporaryFolder(t);
  const jpeg = (await drawn.clone().jpeg().toBuffer()).toString('latin1');
  writeFileSync(path.join(folder, '0.tar'), tarOf({ 'a.jpg': jpeg, 'a.cls': '0' }));
  mkdirSync(path.join(folder, 'assets'));
  await drawn
    .clone()
    .png()
    .toFile(path.join(folder, 'assets', 'logo.png'));
  for (const row of await measured(folder)) {
    assert.deepEqual(row, ['0 %', '0']);
  }
});

test('when hidden files have names of images, then they are not measured', async (t) => {
  const folder = temporaryFolder(t);
  await drawn.clone().jpeg().toFile(path.join(folder, 'a.jpg'));
  mkdirSync(path.join(folder, '.trash'));
  for (const name of ['._a.jpg', '.trash/b.jpg']) {
    writeFileSync(path.join(folder, name), 'none');
  }
  for (const row of await measured(folder)) {
    assert.deepEqual(row, ['0 %', '0']);
  }
});
