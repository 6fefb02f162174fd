/** Runs the programs of docs/programs.md as a user's. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { saveClassifier, synthesize } from '../../src/index.js';
import { temporaryFolder } from '../support/folders.js';
import { smallClassifier } from '../support/small-classifier.js';
import { programOf } from './programs.mjs';

const project = temporaryFolder();

/** Runs a program of the page in the project, and returns what it prints. */
function run(number: number): string {
  const file = path.join(project, `program-${number}.mjs`);
  writeFileSync(file, programOf('docs/programs.md', number));
  return execFileSync(process.execPath, [file], { cwd: project, encoding: 'utf8' });
}

before(async () => {
  mkdirSync(path.join(project, 'node_modules'));
  symlinkSync(
    path.resolve(import.meta.dirname, '../..'),
    path.join(project, 'node_modules/bobbin'),
  );
  await synthesize(path.join(project, 'photos'), {
    tasks: ['lapel_design_labels'],
    imagesPerTask: 200,
  });
  const drawn = path.join(project, 'photos/base/Images/lapel_design_labels');
  const [first = ''] = readdirSync(drawn);
  copyFileSync(path.join(drawn, first), path.join(project, 'photo.jpg'));
  await saveClassifier(smallClassifier(), path.join(project, 'run/model'));
});

test('when the first program loads a classifier, then it names the class of a photo', () => {
  const [file, name, probability] = run(1).trimEnd().split(' ');
  assert.match(file ?? '', /photo\.jpg$/);
  assert.ok(['red', 'green', 'blue'].includes(name ?? ''), name);
  assert.match(probability ?? '', /^[01](\.\d+)?$/);
});

test('when the second program reads batches, then TensorFlow has them', () => {
  assert.match(run(2), /^tensorflow \[ 8, 64, 64, 3 \] Int32Array\(8\)/m);
});

test('when the training loop is run, then its 25 lines train', () => {
  const lines = programOf('docs/programs.md', 3).trimEnd().split('\n');
  assert.ok(lines.length <= 25, `${lines.length} lines`);
  const found = [...run(3).matchAll(/^epoch \d, loss (\S+)$/gm)];
  const losses = found.map(([, loss]) => Number(loss));
  assert.ok(losses.length >= 3 && losses.every(Number.isFinite), `${losses}`);
  assert.ok((losses.at(-1) as number) < (losses[0] as number), `${losses} do not fall`);
});

test('when features are taken from a network, then a probe and neighbours give probabilities', () => {
  const found = [...run(4).matchAll(/^(probe|neighbours) Float32Array\(5\)/gm)];
  assert.equal(found.length, 2);
});
