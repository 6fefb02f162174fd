/** Training and evaluation of a data set whose images are gone. */
import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { evaluate } from '../../src/evaluation/index.js';
import { train } from '../../src/training/index.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { smallClassifier } from '../support/small-classifier.js';

test('when all images are gone, then training and evaluation say so before they begin', async (t) => {
  const folder = temporaryFolder(t);
  const photos = path.join(folder, 'photos');
  const manifest = await drawPhotos(photos, { training: 2, validation: 1 });
  await rename(photos, `${photos} moved`);
  const gone = new RegExp(`^InvalidInputError: The folder ${photos} is gone, with .* by --images `);
  const [task, run] = ['colour', path.join(folder, 'run')];
  await assert.rejects(train({ manifest, task, run }), gone);
  const classifier = smallClassifier();
  t.after(() => classifier.model.dispose());
  await assert.rejects(evaluate({ manifest, task, classifier }), gone);
});
