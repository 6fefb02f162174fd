/** Which file the addon is loaded from, and what the error says if it cannot be. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from './support/folders.js';
import { compiled, loader } from './support/run-bobbin.js';

const root = path.join(import.meta.dirname, '..');

/** Loads the addon in a process of its own with BOBBIN_ADDON set, and prints that process's libraries. */
function loadFrom(addon: string) {
  const program = `
    const { native } = await import(${JSON.stringify(compiled('src/native.ts'))});
    native();
    console.log((await import('node:fs')).readFileSync('/proc/self/maps', 'utf8'));`;
  const args = [...loader, '--input-type', 'module', '--eval', program];
  const env = { ...process.env, BOBBIN_ADDON: addon };
  return spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' });
}

test('when BOBBIN_ADDON names an addon, then that is loaded, and no other', (t) => {
  const addon = path.join(temporaryFolder(t), 'mine.node');
  copyFileSync(path.join(root, 'native-build/Release/bobbin.node'), addon);
  const { stdout, stderr } = loadFrom(addon);
  const loaded = new Set([...stdout.matchAll(/\/\S+\.node$/gm)].map(([file]) => file));
  assert.deepEqual([...loaded], [addon], stderr);
});

test('when BOBBIN_ADDON names no file, then the error says where the path comes from', () => {
  const { status, stderr } = loadFrom('no/such.node');
  assert.equal(status, 1);
  assert.match(
    stderr,
    /could not be loaded from \/.*\/no\/such\.node: .*BOBBIN_ADDON names this file/,
  );
});
