/** Errors and help of the command line. */
import assert from 'node:assert/strict';
import { openSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder, writeFiles } from '../support/folders.js';
import { classFolder } from '../support/prepared.js';
import { runBobbin } from '../support/run-bobbin.js';

test('when the words are wrong, then one line says so and the exit code is 1', async () => {
  const { code, stdout, stderr } = await runBobbin(['prepare', 'x', '--out', 'y', '--sed', '3']);
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.equal(stderr, "bobbin: Unknown option '--sed'. Did you mean --seed?\n");
});

test('when the source is absent, then the error is one line; with --debug it has a stack', async () => {
  const words = ['prepare', 'no-such-folder', '--out', 'y'];
  const plain = await runBobbin(words);
  assert.equal(plain.code, 1);
  assert.match(
    plain.stderr,
    /^bobbin: Expected an existing folder for source but received ".*no-such-folder"\n$/,
  );
  const debug = await runBobbin([...words, '--debug']);
  assert.equal(debug.code, 1);
  assert.match(debug.stderr, /\n {4}at /);
});

test('when the output goes to a full disk, then the exit code is 1 and one line says why', async (t) => {
  const folder = temporaryFolder(t);
  await writeFiles(folder, { ...classFolder('photos/a', 2), ...classFolder('photos/b', 2) });
  const words = ['prepare', path.join(folder, 'photos'), '--out', path.join(folder, 'data')];
  const { code, stderr } = await runBobbin(words, { stdout: openSync('/dev/full', 'w') });
  assert.equal(code, 1);
  const line =
    /bobbin: Expected to write to the standard output but received ENOSPC: .*\. Free space/;
  assert.match(stderr, line);
});

test('when help is requested, then it has every command and exit code', async () => {
  const { code, stdout } = await runBobbin(['--help']);
  assert.equal(code, 0);
  const commands =
    'setup doctor synthesize prepare train evaluate predict submit verify demo'.split(' ');
  for (const command of commands) {
    assert.match(stdout, new RegExp(`^ {2}${command} `, 'm'));
  }
  assert.match(stdout, /130, 143, 129 stopped by Ctrl-C, SIGTERM, SIGHUP/);
});

test('when the help of a command is requested, then its flags show range and default', async () => {
  const { stdout } = await runBobbin(['prepare', '--help']);
  const text = stdout.replace(/\s+/g, ' ');
  assert.match(
    text,
    /--validation-fraction <x> share of each class .*; a number from 0 to 0\.9 \(default: 0\.1\)/,
  );
});

test('when the folder to measure is missing, then it is named', async () => {
  const { code, stderr } = await runBobbin(['bench', 'no-such-folder']);
  assert.equal(code, 1);
  assert.equal(
    stderr,
    'bobbin: Expected an existing folder for folder but received "no-such-folder"\n',
  );
});

test('when a folder is measured with `augment: auto`, then the choice is printed first', async () => {
  const folder = fileURLToPath(new URL('../fixtures/pipeline', import.meta.url));
  const words = ['bench', folder, '--seconds', '0.1', '--augment'];
  const { code, stdout } = await runBobbin([...words, 'auto']);
  assert.equal(code, 0);
  assert.match(stdout, /^Augmenting on the [CG]PU: .*\.\nthreads +images\/s/);
  if (stdout.includes('images/s on the')) {
    return;
  }
  const refused = await runBobbin([...words, 'gpu']);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /^bobbin: Missing a CUDA device for augment gpu\. Found: .*; `npx bobbin doctor` shows every part$/m,
  );
});
