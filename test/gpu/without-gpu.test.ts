/** The output of `npm run test:gpu` and its programs without a GPU. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { cudaFolder } from '../../scripts/cuda-library.mjs';
import { findDriver } from '../../scripts/gpu.mjs';
import { programOf } from '../support/run-bobbin.js';

const nothingRan = 77;
const script = path.resolve(
  import.meta.dirname,
  '..',
  '..',
  'scripts',
  'develop',
  'run-on-gpu.mjs',
);
const run = (command: string, ...words: string[]) =>
  spawnSync(command, words, { encoding: 'utf8' });

const needsNoDriver = { skip: findDriver() !== undefined && 'this machine has an NVIDIA driver' };
const program = (name: string) => path.join(cudaFolder, name);
const needsPrograms = {
  skip:
    needsNoDriver.skip ||
    (!['bobbin_cuda_tests', 'bobbin_cuda_bench'].every((name) => existsSync(program(name))) &&
      '`npm run build:cuda` builds what is run here'),
};

test(
  'when there is no driver, then one sentence and the exit status say that nothing ran',
  needsNoDriver,
  () => {
    for (const what of ['test', 'bench']) {
      const { status, stdout, stderr } = run(process.execPath, script, what, '--built');
      assert.equal(status, nothingRan);
      assert.match(stdout, /^No GPU was tested: [^\n]+\n$/);
      assert.equal(stderr, '');
    }
  },
);

test('when an unknown command is given, then the error lists the commands', () => {
  const { status, stderr } = run(process.execPath, script, 'prove');
  assert.equal(status, 1);
  assert.match(stderr, /Expected test or bench but received "prove"/);
});

test(
  'when a benchmark runs without a GPU, then it says why before it reads or draws images',
  needsNoDriver,
  () => {
    const bench = (...words: string[]) =>
      run(process.execPath, ...programOf('bench/main.ts'), 'gpu', ...words);
    const { status, stdout } = bench('/no/such/folder');
    assert.equal(status, nothingRan);
    assert.match(stdout, /^No GPU was measured: [^\n]+\n$/);
    const wrong = bench('--rounds', '0');
    assert.equal(wrong.status, 1);
    assert.match(wrong.stderr, /'0' is invalid.*Expected above 0/);
  },
);

test(
  'when the programs find no GPU, then they say why and exit with the same status',
  needsPrograms,
  () => {
    const tests = run(program('bobbin_cuda_tests'));
    assert.equal(tests.status, nothingRan);
    assert.match(tests.stdout, /^No GPU was tested: [^\n]+\n$/);
    const bench = run(program('bobbin_cuda_bench'), '/dev/null');
    assert.equal(bench.status, nothingRan);
    assert.match(bench.stderr, /^No GPU was measured: [^\n]+\n$/);
    assert.equal(run(program('bobbin_cuda_bench')).status, 1);
  },
);
