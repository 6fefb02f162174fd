/** Class folders as people have them: splits of other names, splits without labels, and images outside of class folders. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classFolder, prepared } from '../../support/prepared.js';

/** A folder of a split, with four images of each of two classes. */
const split = (name: string) => ({
  ...classFolder(`${name}/cat`, 4),
  ...classFolder(`${name}/dog`, 4),
});

for (const [train, held] of [
  ['Train', 'Test'],
  ['Training', 'Testing'],
  ['train', 'dev'],
  ['TRAIN', 'Val'],
  ['train', 'evaluation'],
] as const) {
  test(`when folders are called ${train} and ${held} then they are splits, not classes`, async (t) => {
    const { manifest, summary } = await prepared(t, { ...split(train), ...split(held) });
    assert.deepEqual(manifest.tasks[0]?.classes, ['cat', 'dog']);
    assert.deepEqual(summary.warnings, []);
    const [task] = summary.tasks;
    assert.deepEqual([task?.train, task?.validation], [8, 8]);
    for (const sample of manifest.samples) {
      assert.equal(sample.split, sample.path.startsWith(train) ? 'train' : 'validation');
    }
  });
}

test('when a folder beside train has no name of a split then a warning says that it is left out', async (t) => {
  const { summary } = await prepared(t, { ...split('train'), ...split('holdout') });
  assert.deepEqual([summary.tasks[0]?.train, summary.tasks[0]?.validation], [6, 2]);
  assert.match(summary.warnings.join('\n'), /^holdout is left out, and the seed splits train: /);
});

test('when all class folders have the same folders in them then a warning asks for splits', async (t) => {
  const { summary } = await prepared(t, { ...split('first'), ...split('second') });
  assert.match(
    summary.warnings.join('\n'),
    /^All 2 class folders have images in folders alone, cat in each: .*train and validation\.$/,
  );
  const own = { ...classFolder('hat/new', 2), ...classFolder('shoe/old', 2) };
  assert.deepEqual((await prepared(t, own)).summary.warnings, [
    '2 class folders have images in folders below them, which count for the upper one: move such folders up if they are classes; the first is hat/new/0.jpg.',
  ]);
});

test('when the validation folder has no labels then the seed splits and a warning says so', async (t) => {
  for (const unlabelled of ['test/1.jpg', 'val/1.JPEG', 'test/unknown/1.jpg']) {
    const { manifest, summary } = await prepared(t, { ...split('train'), [unlabelled]: 'x' });
    assert.deepEqual(manifest.tasks[0]?.classes, ['cat', 'dog']);
    assert.deepEqual([summary.tasks[0]?.train, summary.tasks[0]?.validation], [6, 2]);
    assert.match(
      summary.warnings.join('\n'),
      /^(test|val) is left out, and the seed splits train/m,
    );
  }
});

test('when val has no labels but test has then test is the validation split', async (t) => {
  const { manifest, summary } = await prepared(t, {
    ...split('train'),
    ...split('test'),
    'val/1.jpg': 'x',
  });
  const held = manifest.samples.filter(({ split }) => split === 'validation');
  assert.equal(held.length, 8);
  assert.ok(held.every(({ path }) => path.startsWith('test/')));
  assert.deepEqual(summary.warnings, [
    'val has 1 image outside of class folders, which is left out.',
    'val is left out: train and test are the split that is used.',
  ]);
});

test('when images are outside class folders then they are counted', async (t) => {
  const outside = { '1.jpg': 'x', '2.png': 'y', '.3.jpg': 'z', 'notes.txt': 'x' };
  const { summary } = await prepared(t, { ...split('.'), ...outside });
  assert.deepEqual(summary.warnings, [
    'The source folder has 2 images outside of class folders, which are left out.',
    '1 other file in the source folder is left alone: its name is not that of an image; it is notes.txt.',
  ]);
  const { summary: loose } = await prepared(t, {
    ...split('train'),
    ...split('val'),
    'train/1.jpg': 'x',
  });
  assert.match(loose.warnings.join(), /^train has 1 image outside of class folders/);
});

test('when folders are hidden or left by macOS then they are neither classes nor images', async (t) => {
  const { manifest, summary } = await prepared(t, {
    ...split('.'),
    'cat/.ipynb_checkpoints/x.jpg': 'x',
    'cat/__MACOSX/y.jpg': 'y',
    '__MACOSX/cat/z.jpg': 'z',
  });
  assert.deepEqual(manifest.tasks[0]?.classes, ['cat', 'dog']);
  assert.equal(manifest.samples.length, 8);
  assert.deepEqual(summary.warnings, []);
});
