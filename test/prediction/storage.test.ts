/** Stored predictions: those of earlier versions, which have no hash, and damaged ones. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { loadPrediction, savePrediction } from '../../src/prediction/index.js';
import { temporaryFolder } from '../support/folders.js';

const file = path.join(temporaryFolder(), 'questions.json');
const prediction = {
  files: ['/a.jpg', '/b.jpg'],
  classes: ['shirt', 'skirt'],
  probabilities: Float32Array.of(0.1, 0.9, 1, 0),
  failures: [],
};
const asStored = { ...prediction, probabilities: [0.1, 0.9, 1, 0] };

test('when an earlier version stored a prediction, then it is loaded', async () => {
  await writeFile(file, JSON.stringify(asStored));
  assert.deepEqual(await loadPrediction(file), prediction);
});

test('when a digit of a stored prediction changes, then it is refused', async () => {
  await savePrediction(prediction, file);
  await writeFile(file, (await readFile(file, 'utf8')).replace('0.8999', '0.1999'));
  await assert.rejects(loadPrediction(file), {
    name: 'InvalidInputError',
    message: `Expected the content that Bobbin wrote for ${file} but received "other content". Remove ${file} and predict again`,
  });
});

const refused: [object | string, RegExp][] = [
  [
    { ...asStored, probabilities: [0.1, 0.9, null, null] },
    /finite probabilities for \/b\.jpg in .*NaN/,
  ],
  [{ ...asStored, probabilities: [0.1, 0.9, 7, 0] }, /probabilities from 0 to 1 .* 7/],
  [{ ...asStored, probabilities: [0.1, 0.9] }, /2 rows of 2 probabilities .* 2/],
  [{ ...asStored, classes: undefined }, /files, classes, probabilities and failures/],
  [{ ...asStored, failures: [{ index: 2, path: '/c.jpg', reason: '' }] }, /and failures/],
  ['{"files": ["/a.jpg",', /JSON for .*questions\.json:1:21/],
  ['null', /a JSON object/],
];
for (const [content, message] of refused) {
  test(`when a stored prediction is wrong, then the error says ${message}`, async () => {
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    await assert.rejects(loadPrediction(file), { name: 'InvalidInputError', message });
  });
}
