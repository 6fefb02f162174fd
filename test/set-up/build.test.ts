/** Builds whose sources change meanwhile: short programs in the places of npm and the compilers build and edit. And one without tools. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder, writeFiles } from '../support/folders.js';

const root = path.resolve(import.meta.dirname, '../..');

/** A program that writes `file`, as a compiler does, and then edits `source`, as a person does. */
const builder = (file: string, source: string) => `#!/usr/bin/env node
  const fs = require('node:fs');
  fs.mkdirSync(require('node:path').dirname('${file}'), { recursive: true });
  fs.writeFileSync('${file}', '');
  fs.appendFileSync('${source}', '\\n');`;

test('when sources are edited during their build, then the part counts as older than they are', async (t) => {
  const copy = temporaryFolder(t);
  cpSync(path.join(root, 'scripts'), path.join(copy, 'scripts'), { recursive: true });
  await writeFiles(copy, {
    'package-lock.json': '{}',
    'native/addon.cc': '',
    'src/index.ts': '',
    'programs/npm': builder('node_modules/package.json', 'package-lock.json'),
    'node_modules/cmake-js/bin/cmake-js': builder(
      'native-build/Release/bobbin.node',
      'native/addon.cc',
    ),
    'node_modules/typescript/bin/tsc': builder('dist/cli/main.js', 'src/index.ts'),
    // It reads what the compiler writes.
    'scripts/develop/hover-text.mjs': '',
  });
  chmodSync(path.join(copy, 'programs/npm'), 0o755);
  const program = `
    const { parts } = await import('./scripts/parts.mjs');
    for (const name of ['native addon', 'TypeScript build', 'npm packages']) {
      const part = parts.find((part) => part.name === name);
      part.install();
      console.log(part.inspect().fault);
    }`;
  const node = ['--input-type', 'module', '--eval', program];
  const PATH = `${path.join(copy, 'programs')}:${process.env.PATH}`;
  const env = { ...process.env, PATH };
  const { stdout, stderr } = spawnSync(process.execPath, node, {
    cwd: copy,
    env,
    encoding: 'utf8',
  });
  const older = ['native-build', 'dist', 'node_modules'].map(
    (name) => `older than what it is made from: ${path.join(copy, name)}\n`,
  );
  assert.equal(stdout, older.join(''), stderr);
});

test('when the addon has to be built and its build tools are not installed, then the error has the command for it', async (t) => {
  const copy = temporaryFolder(t);
  cpSync(path.join(root, 'scripts'), path.join(copy, 'scripts'), { recursive: true });
  const peerDependencies = { 'cmake-js': '8.0.0', 'node-addon-api': '8.9.2' };
  await writeFiles(copy, { 'package.json': JSON.stringify({ peerDependencies }) });
  const program = `
    const { compileAddon } = await import('./scripts/addon.mjs');
    try { compileAddon('build', 'Release'); } catch ({ message }) { console.log(message); }`;
  const node = ['--input-type', 'module', '--eval', program];
  const { stdout } = spawnSync(process.execPath, node, { cwd: copy, encoding: 'utf8' });
  const command = 'npm install cmake-js@8.0.0 node-addon-api@8.9.2';
  assert.equal(stdout, `Building it needs \`${command}\` first.\n`);
});
