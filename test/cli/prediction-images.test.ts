/** The images that the words of `bobbin predict` name: what was meant, what is skipped, and what is named twice. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { before, test } from 'node:test';
import { findImages } from '../../src/cli/prediction/images.js';
import { temporaryFolder, writeFiles } from '../support/folders.js';

const folder = temporaryFolder();
const at = (...parts: string[]) => path.join(folder, ...parts);

before(async () => {
  await writeFiles(folder, {
    'unlabelled/1.jpg': 'a',
    'unlabelled/2.jpg': 'a',
    'photos/spring 24/a.jpg': 'a',
    'photos/=1+1.jpg': 'a',
  });
});

const keepHint = 'With --keep-going, such images get a row without a prediction';

for (const [what, words, keepGoing, remedy] of [
  ['a folder is misspelt', ['unlabeled'], false, () => `Did you mean ${at('unlabelled')}?`],
  ['it is to go on', ['unlabeled'], true, () => `Did you mean ${at('unlabelled')}?`],
  ['nothing is near', ['elsewhere'], true, () => ''],
  ['only the number is another', ['unlabelled/7.jpg'], false, () => keepHint],
  [
    'an image is misspelt',
    ['photos/spring 24/a.jpgg', 'unlabelled/1.jpe'],
    false,
    () => `2 paths do not exist. Did you mean '${at('photos/spring 24/a.jpg')}'?`,
  ],
  [
    'quotes are missing',
    ['unlabelled', 'photos/spring', '24'],
    true,
    () => `2 paths do not exist. Did you mean '${at('photos/spring 24')}'?`,
  ],
] as const) {
  test(`when a path does not exist and ${what}, then the error says what may be meant`, async () => {
    const given = words.map((word) => (word === '24' ? word : at(word)));
    const absent = words.find((word) => word !== 'unlabelled') as string;
    const error = `Expected an existing image or folder for images but received "${at(absent)}"`;
    const message = remedy() === '' ? error : `${error}. ${remedy()}`;
    await assert.rejects(findImages(given, { keepGoing }), { name: 'InvalidInputError', message });
  });
}

test('when an image does not exist and the work is to go on, then it is among the images', async () => {
  const absent = at('unlabelled/3.jpg');
  assert.deepEqual((await findImages([absent], { keepGoing: true })).files, [absent]);
});

test('when images are named again, then each is there once, as it was named first', async () => {
  const first = `${at('unlabelled')}/../unlabelled/2.jpg`;
  const { files, notes } = await findImages([first, at('unlabelled'), first]);
  assert.deepEqual(files, [first, at('unlabelled/1.jpg')]);
  assert.deepEqual(notes, ['2 images named again have one row only.']);
});

test('when a path begins as a formula does, then it is written so that spreadsheets compute nothing', async (t) => {
  const earlier = process.cwd();
  t.after(() => process.chdir(earlier));
  process.chdir(at('photos'));
  assert.deepEqual((await findImages(['.'])).files, ['./=1+1.jpg', 'spring 24/a.jpg']);
  assert.deepEqual((await findImages(['=1+1.jpg'])).files, ['./=1+1.jpg']);
});
