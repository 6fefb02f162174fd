/** The output of the commands that set-up runs: one line meanwhile, and the whole where it is wanted. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { install } from '../../scripts/setup.mjs';
import { temporaryFolder } from '../support/folders.js';
import { inTerminal } from '../support/terminal.js';

const root = path.resolve(import.meta.dirname, '../..');

/** What CMake prints while it compiles two files, in both outputs. */
const compiler = `
  echo '[ 50%] Building CXX object a.cc.o'; echo 'a.cc: a warning' >&2
  echo '[100%] Building CXX object b.cc.o'; sleep 0.5`;

/** A program that runs a shell's \`script\` by \`workQuietly\` and prints the number of files, or the error. */
const program = (script: string, shown: object) => `
  const { workQuietly } = await import(${JSON.stringify(path.join(root, 'scripts/run.mjs'))});
  const shown = ${JSON.stringify({ label: 'addon: compiling', files: 2, ...shown })};
  try { console.log(String(workQuietly(shown, 'sh', ['-c', ${JSON.stringify(script)}]))); }
  catch ({ message }) { console.log(message); }`;

function run(script: string, env: NodeJS.ProcessEnv = {}, shown: object = {}) {
  const node = ['--input-type', 'module', '--eval', program(script, shown)];
  const { stdout, stderr } = spawnSync(process.execPath, node, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  return { stdout, stderr };
}

const whole = [
  '[ 50%] Building CXX object a.cc.o',
  'a.cc: a warning',
  '[100%] Building CXX object b.cc.o\n',
].join('\n');

test('when a command succeeds, then it prints nothing, its files are counted, and a log has its output', (t) => {
  const log = path.join(temporaryFolder(t), 'compiler.log');
  assert.deepEqual(run(compiler, {}, { log }), { stdout: '2\n', stderr: '' });
  assert.equal(readFileSync(log, 'utf8'), whole);
});

test('when a command fails, then all of its output appears in its order, and the error names it', () => {
  const { stdout, stderr } = run(`${compiler}; exit 3`);
  assert.equal(stderr, whole);
  assert.match(stdout, /^`sh -c .*` failed \(exit status 3\); its output is above\.\n$/s);
});

test('when BOBBIN_VERBOSE asks for it, then a command that succeeds prints its output; only yes is known', () => {
  const { stdout, stderr } = run(compiler, { BOBBIN_VERBOSE: 'yes' });
  assert.deepEqual([stdout, stderr], ['2\n', whole]);
  assert.match(run(compiler, { BOBBIN_VERBOSE: '1' }).stdout, /^Expected yes for BOBBIN_VERBOSE/);
});

test('when there is a terminal, then one line counts the files and goes', () => {
  const command = [process.execPath, '--input-type', 'module', '--eval', program(compiler, {})];
  const { output } = inTerminal(command, { cwd: root });
  const shown = output.replaceAll('\x1b[K', '').split('\r');
  assert.ok(shown.includes('addon: compiling 2 of 2 files  0:00'), output);
  assert.deepEqual(shown.slice(-2), ['2', '\n']);
});

test('when a part is installed, then its row says what was done and how long it took, and a fault is told before', () => {
  const lines: string[] = [];
  const print = (line: string) => lines.push(...line.split('\n'));
  for (const fault of ['missing: /cache/tiny', 'cut: /cache/tiny/file has 3 of 7 bytes']) {
    let ok = false;
    const part = {
      name: 'Tiny',
      inspect: () => ({ ok, fault }),
      install() {
        ok = true;
        return 'downloaded 274 MB';
      },
    };
    install(part, print);
  }
  const row = /^Tiny {29}downloaded 274 MB {9}0:00$/;
  assert.match(lines[0] ?? '', row);
  assert.deepEqual(lines.slice(1, 3), [
    'Tiny is not in order:',
    '  cut: /cache/tiny/file has 3 of 7 bytes',
  ]);
  assert.match(lines[3] ?? '', row);
});
