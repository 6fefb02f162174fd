/** What `prepare` says about images that occur twice and about classes that a split lacks: both places, and the way out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepared } from '../../support/prepared.js';

test('when an image is repeated with other maybe marks then the first ones count and both places are told', async (t) => {
  const table = 'a.jpg,collar,ymn\nb.jpg,collar,ynm\nc.jpg,collar,nyn\nd.jpg,collar,nny\n';
  const { manifest, summary, source } = await prepared(t, {
    'Annotations/label.csv': table,
    'Tests/question.csv': 'q.jpg,collar,?\n',
    'a.jpg': 'same',
    'b.jpg': 'same',
    'c.jpg': 'c',
    'd.jpg': 'd',
    'q.jpg': 'c',
  });
  const [first] = manifest.samples;
  assert.deepEqual([first?.path, first?.maybe], ['a.jpg', [1]]);
  const csv = `${source}/Annotations/label.csv`;
  assert.deepEqual(summary.warnings, [
    `1 row repeats an image under another name, which counts once; it is ${csv}:2:1, as at ${csv}:1:1.`,
    `1 row repeats an image with other maybe marks, which do not count; it is ${csv}:2:1, as at ${csv}:1:1.`,
    '1 question shows an image that is also a labelled one; it is q.jpg, as at c.jpg.',
  ]);
});

test('when validation repeats a training image, or another class does, then both places are told', async (t) => {
  const { summary } = await prepared(t, {
    'train/cat/1.jpg': 'x',
    'train/cat/2.jpg': 'y',
    'train/dog/1.jpg': 'z',
    'train/dog/2.jpg': 'two classes',
    'val/cat/9.jpg': 'x',
    'val/cat/8.jpg': 'two classes',
    'val/dog/9.jpg': 'w',
  });
  assert.deepEqual(summary.warnings, [
    '1 row repeats an image under another name, which counts once; it is train/cat/1.jpg, as at val/cat/9.jpg.',
    '1 training image is a validation image too and counts for validation only; it is train/cat/1.jpg, as at val/cat/9.jpg.',
    'The same image of shop-photos has contradictory labels and is left out: train/dog/2.jpg says dog, val/cat/8.jpg says cat.',
  ]);
});

test('when a class has no training or no validation image then one sentence says so', async (t) => {
  const { summary } = await prepared(t, {
    'train/cat/1.jpg': '1',
    'train/dog/1.jpg': '2',
    'val/dog/2.jpg': '3',
    'val/fox/1.jpg': '4',
    'train/owl/notes.txt': '',
  });
  assert.deepEqual(summary.warnings.slice(-3), [
    'shop-photos has no image of class owl: add some, or remove the class.',
    'shop-photos has no training image of class fox: add some, since the network cannot learn it.',
    'shop-photos has no validation image of class cat: add some, since nothing measures it.',
  ]);
});
