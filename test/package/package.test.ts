/** The packed tarball, installed in an empty project, sets itself up and trains there. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/folders.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');

test('when the packed tarball is installed in an empty project, then the program of README.md trains', (t) => {
  const project = temporaryFolder(t);
  const run = (command: string, args: string[], cwd = project) =>
    execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

  run('npm', ['pack', '--silent', '--pack-destination', project], root);
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz')) as string;
  writeFileSync(path.join(project, 'package.json'), '{"name":"someone","private":true}');
  run('npm', [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--silent',
    `./${tarball}`,
  ]);
  run('npx', ['bobbin', 'setup']);
  writeFileSync(
    path.join(project, 'train.mjs'),
    run(process.execPath, [path.join(here, 'readme.mjs')]),
  );
  const output = run(process.execPath, ['train.mjs']);
  assert.match(output, /^basic precision [01](\.\d+)?, mean reciprocal rank [01](\.\d+)?$/m);
  assert.match(output, /^tensorflow \[ 8, 64, 64, 3 \] Int32Array\(8\)/m);
});
