/** What a run's config.json says of the files that it began with. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { originsOf } from '../../src/training/origins.js';
import { temporaryFolder } from '../support/folders.js';
import { smallClassifier } from '../support/small-classifier.js';

test('when a run begins with files, then it has their SHA-256; a run and no file have none', async (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'weights.pth');
  await writeFile(file, 'abc');
  // FIPS 180-2, example B.1.
  const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  const classifier = smallClassifier();
  assert.deepEqual(await originsOf(classifier, file), [
    `The weights are from ${file}, SHA-256 ${sha256}`,
  ]);
  for (const other of [folder, true, false, undefined]) {
    assert.deepEqual(await originsOf(classifier, other), []);
  }
  const source = { file: 'hf:a/b/c.onnx', sha256, format: 'onnx', revision: 'main' };
  const imported = { source, sides: { only: 32 } };
  assert.deepEqual(await originsOf({ ...classifier, imported }, true), [
    `${classifier.network} was imported from hf:a/b/c.onnx, revision main, SHA-256 ${sha256}`,
  ]);
  classifier.model.dispose();
});
