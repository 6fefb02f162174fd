/** Which file the addon is loaded from, and what the error says if it cannot be. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

/** Loads the addon in a process of its own, with BOBBIN_ADDON set as given. */
function loadFrom(addon: string) {
  const program =
    "const { native } = await import('./src/native.ts'); console.log(typeof native())";
  const args = ['--import', 'tsx', '--input-type', 'module', '--eval', program];
  const env = { ...process.env, BOBBIN_ADDON: addon };
  const cwd = `${import.meta.dirname}/..`;
  return spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' });
}

test('when BOBBIN_ADDON names an addon, then that is loaded', () => {
  const { stdout, stderr } = loadFrom('native-build/Release/bobbin.node');
  assert.equal(stdout, 'object\n', stderr);
});

test('when BOBBIN_ADDON names no file, then the error says where the path comes from', () => {
  const { status, stderr } = loadFrom('no/such.node');
  assert.equal(status, 1);
  assert.match(
    stderr,
    /could not be loaded from \/.*\/no\/such\.node: .*BOBBIN_ADDON names this file/,
  );
});
