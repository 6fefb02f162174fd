/** Runs the training loop of README.md as a user's program. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { synthesize } from '../../src/index.js';
import { temporaryFolder } from '../support/folders.js';

const here = path.dirname(fileURLToPath(import.meta.url));

test("when README.md's own training loop is run, then its 25 lines train", async (t) => {
  const project = temporaryFolder(t);
  mkdirSync(path.join(project, 'node_modules'));
  symlinkSync(path.resolve(here, '../..'), path.join(project, 'node_modules/bobbin'));
  await synthesize(path.join(project, 'photos'), {
    tasks: ['lapel_design_labels'],
    imagesPerTask: 200,
  });
  const run = (...args: string[]) =>
    execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8' });
  const program = run(path.join(here, 'readme.mjs'), '2');
  const lines = program.trimEnd().split('\n');
  assert.ok(lines.length <= 25, `${lines.length} lines`);
  writeFileSync(path.join(project, 'loop.mjs'), program);
  const losses = [...run('loop.mjs').matchAll(/^epoch \d, loss (\S+)$/gm)].map(([, loss]) =>
    Number(loss),
  );
  assert.ok(losses.length >= 3 && losses.every(Number.isFinite), `${losses}`);
  assert.ok((losses.at(-1) as number) < (losses[0] as number), `${losses} do not fall`);
});
