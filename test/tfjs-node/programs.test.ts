/** Programs of tfjs-node, unchanged, over the alias package: CommonJS, ES modules, TypeScript, and a move to Bobbin step by step. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { runNode, tfjsNodeProject } from '../support/tfjs-node-project.js';

const root = path.resolve(import.meta.dirname, '../..');
const project = tfjsNodeProject();

const run = (program: string, ...args: string[]) => {
  const { status, stdout, stderr } = runNode(project, [program, ...args]);
  assert.equal(status, 0, stderr);
  return stdout;
};

test('when a program calls what tfjs-node adds to tfjs, then images, summaries, files and SavedModels work', () => {
  const stdout = run('api.cjs', path.join(root, 'test/fixtures/saved-model'));
  assert.match(stdout, /^Epoch 2 \/ 2$/m);
  assert.match(stdout, /step - loss=0\.00 val_loss=0\.00/);
});

test("when a program calls kernels of tfjs-node that Bobbin corrects, then it gets tfjs's results", () => {
  run('kernels.cjs');
});

test('when a program is an ES module, then it has every name, and one engine with CommonJS', () => {
  run('modules.mjs');
});

test("when a program adds Bobbin's loader, jit and fit, then they train its model on its engine", () => {
  run('steps.mjs');
});

test('when two worker threads and the main thread train at the same time, then each has its own tensors and ends', () => {
  run('threads.cjs');
});

test('when a program is in TypeScript, then only declarations of tfjs itself have faults', () => {
  const { stdout } = spawnSync(
    process.execPath,
    [
      path.join(root, 'node_modules/typescript/bin/tsc'),
      ...['--noEmit', '--strict', '--skipLibCheck', 'false', '--types', 'node'],
      ...['--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022', 'types.mts'],
    ],
    { cwd: project, encoding: 'utf8' },
  );
  const ours = stdout.split('\n').filter((line) => /types\.mts|tfjs-node\//.test(line));
  assert.deepEqual(ours, []);
});
