/** The pictures of a whole run and of an evaluation, as a program draws them. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { evaluate } from '../../src/evaluation/index.js';
import { drawAugmentations, drawEvaluation, drawRun } from '../../src/report/index.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { smallClassifier } from '../support/small-classifier.js';

const folder = temporaryFolder();
const manifest = await drawPhotos(path.join(folder, 'photos'), { training: 5, validation: 2 });
const classifier = smallClassifier();
const task = 'colour';
const run = path.join(folder, 'run');
const result = { classifier, history: [] };

test('when a run is drawn, then each class has its rows, with the image before its views', async () => {
  await drawRun({ manifest, task, run, result, augmentation: { rotation: 5 } });
  assert.deepEqual(await readdir(run), ['augmentation.jpg', 'curves.png']);
  const sheet = sharp(path.join(run, 'augmentation.jpg'));
  const { width, height } = await sheet.metadata();
  // Units: 20 at each side, a header of 60; 8 tiles with gaps of 188, 6 rows of 208. Two pixels each.
  assert.deepEqual([width, height], [2 * (40 + 8 * 188), 2 * (60 + 6 * 208 + 20)]);
  const greatest: number[] = [];
  for (let row = 0; row < 6; row++) {
    const area = { left: 60, top: 2 * (60 + row * 208) + 20, width: 300, height: 300 };
    // stats() looks at the whole picture, whatever comes before it.
    const tile = await sheet.clone().extract(area).toBuffer();
    const { channels } = await sharp(tile).stats();
    const means = channels.map(({ mean }) => mean);
    greatest.push(means.indexOf(Math.max(...means)));
  }
  assert.deepEqual(greatest, [0, 0, 1, 1, 2, 2]);
});

test('when a run has a title, then its pictures have it in place of the task', async () => {
  const titled = path.join(folder, 'titled');
  await drawRun({ manifest, task, title: 'together', run: titled, result });
  const [plain, other] = await Promise.all(
    [run, titled].map((each) => sharp(path.join(each, 'curves.png')).raw().toBuffer()),
  );
  assert.notDeepEqual(plain, other);
});

test('when an evaluation is drawn, then its folder has the confusion and the mistakes', async () => {
  const evaluation = await evaluate({ classifier, manifest, task });
  const scores = path.join(folder, 'scores');
  await drawEvaluation(evaluation, scores);
  assert.deepEqual(await readdir(scores), ['confusion.png', 'mistakes.jpg']);
});

test('when a value of a picture is out of its range, then the error says what is expected', async () => {
  await assert.rejects(
    drawRun({ manifest, task, run, result, seed: -1 }),
    /for seed but received -1/,
  );
  const sheet = { title: 't', images: [], preprocessing: classifier.preprocessing };
  await assert.rejects(
    drawAugmentations({ ...sheet, epochs: 1.5 }, path.join(run, 'sheet.png')),
    /Expected an integer of at least 1 for epochs but received 1.5/,
  );
});

test('when a name of an argument is misspelt, then the nearest is named', async () => {
  const misspelt = { manifest, task, run, result, augmentations: {} };
  await assert.rejects(
    drawRun(misspelt),
    /Expected one of manifest.* for .*drawRun.* but received "augmentations"|Did you mean augmentation\?/,
  );
  const both = { classifier, classifiers: [classifier], manifest, task };
  await assert.rejects(evaluate(both), /classifier cannot be combined with classifiers/);
  await assert.rejects(evaluate({ manifest, task }), /Missing a classifier/);
});
