/** Bobbin before set-up was run: what commands and programs say, with a terminal and without, in a copy of this package. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { temporaryFolder } from '../support/folders.js';
import { compiled, loader } from '../support/run-bobbin.js';
import { inTerminal } from '../support/terminal.js';

const root = path.resolve(import.meta.dirname, '../..');
const copy = temporaryFolder();
const { CI: _, BOBBIN_ADDON: __, ...outside } = process.env;
// Set-up cannot make this cache: it runs, and ends with an error.
const env = { ...outside, BOBBIN_GPU: 'no', BOBBIN_CACHE: path.join(copy, 'package.json/cache') };
const node = [process.execPath, ...loader];
/** The place of what is run for a source, in the copy. */
const copied = (source: string) => compiled(source).replace(compiled('src'), './src');

before(() => {
  for (const name of ['scripts', 'package.json']) {
    cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  }
  cpSync(compiled('src'), path.join(copy, 'src'), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
});

const sentence =
  'Bobbin is not set up yet: run `npx bobbin setup` once, which fetches TensorFlow (274 MB).';

/** `bobbin` in a terminal, where somebody types `answer` to its question. */
const typing = (answer: string, more: NodeJS.ProcessEnv = {}) =>
  inTerminal([...node, copied('src/cli/main.ts'), 'bench', 'photos'], {
    cwd: copy,
    env: { ...env, ...more },
    question: '[Y/n]',
    answer,
  });

test('when Bobbin is not set up and there is no terminal, then a command says so in one line and the exit code is 1', () => {
  const [command = '', ...args] = [...node, copied('src/cli/main.ts'), 'bench', 'photos'];
  const { status, stderr } = spawnSync(command, args, { cwd: copy, env, encoding: 'utf8' });
  assert.deepEqual([status, stderr], [1, `bobbin: ${sentence}\n`]);
});

test('when Bobbin is not set up, then a program gets the same sentence', () => {
  const program = `
    const { native } = await import('${copied('src/native.ts')}');
    try { native(); } catch ({ message }) { console.log(message); }`;
  const [command = '', ...args] = [...node, '--input-type', 'module', '--eval', program];
  const { stdout } = spawnSync(command, args, { cwd: copy, env, encoding: 'utf8' });
  assert.equal(stdout, `${sentence}\n`);
});

test('when somebody at a terminal answers with Enter, then set-up runs; with no, or at the end of input, it does not', () => {
  const yes = typing('\r');
  assert.match(yes.output, /274 MB\)\. Run it now\? \[Y\/n\]/);
  assert.match(yes.output, /^bobbin: TensorFlow cannot be installed: /m);
  assert.equal(yes.code, 1);
  for (const answer of ['n\r', 'later\r', '\u0004']) {
    const { code, output } = typing(answer);
    assert.ok(output.includes(`bobbin: ${sentence}`), output);
    assert.ok(!output.includes('cannot be installed'), output);
    assert.equal(code, 1);
  }
});

test('when the question is answered with Ctrl-C, then the exit code is 130', () => {
  const { code, output } = typing('\u0003');
  assert.match(output, /bobbin: set-up was not run/);
  assert.equal(code, 130);
});

test('when CI is set, then a terminal is not asked', () => {
  const { code, output } = typing('\r', { CI: 'true' });
  assert.equal(output, `bobbin: ${sentence}\r\n`);
  assert.equal(code, 1);
});
