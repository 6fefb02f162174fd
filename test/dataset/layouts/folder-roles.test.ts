/** Folders that are splits or kinds of files: refused where nothing else could be a class, and told where something is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classFolder, prepared } from '../../support/prepared.js';

const boxes = { 'train/labels/0.txt': '0 1 2', 'valid/labels/0.txt': '0 1 2' };

for (const [what, folders, files, named] of [
  ['flat splits', ['train', 'test'], { 'train_labels.csv': 'id,label\n' }, 'train'],
  ['splits of other names', ['stage1_train', 'Test2'], {}, 'stage1_train'],
  ['splits beside other folders', ['Train', 'val', 'extra', 'misc'], {}, 'Train'],
  ['images and masks', ['Images', 'segmentation_masks'], {}, 'Images'],
  ['images and annotations', ['img', 'thumbnails'], { 'bounding boxes/1.xml': 'x' }, 'img'],
  ['Pascal VOC', ['JPEGImages', 'SegmentationClass'], { 'ImageSets/train.txt': '' }, 'JPEGImages'],
  ['YOLO', ['train/images', 'valid/images'], boxes, 'images'],
  ['parts of images', ['images_001', 'images_002'], {}, 'images_001'],
] as const) {
  test(`when a source is ${what} then no folder is taken for a class`, async (t) => {
    const photos = Object.assign({}, ...folders.map((folder) => classFolder(folder, 3)));
    await assert.rejects(prepared(t, { ...photos, ...files }), (error: Error) => {
      assert.match(error.message, /^Expected class folders .* for source but received/);
      assert.match(
        error.message,
        new RegExp(
          `because ${named} is the name of a .*path,label and rows such as .*0\\.jpg,CLASS$`,
        ),
      );
      return true;
    });
  });
}

test('when a CSV file beside flat splits has other columns then the error names it', async (t) => {
  const photos = { ...classFolder('train', 3), ...classFolder('test', 3) };
  await assert.rejects(
    prepared(t, { ...photos, 'train_labels.csv': 'id,label\n0,cat\n' }),
    /a header line with path and label for .*train_labels\.csv:1:1 but received "id,label"\. Name the columns/,
  );
});

test('when the rows that the refusal asks for are written then the CSV file is read', async (t) => {
  const { manifest, summary } = await prepared(t, {
    ...classFolder('train', 2),
    ...classFolder('test', 1),
    'labels.csv': 'path,label\ntrain/0.jpg,cat\ntrain/1.jpg,dog\n',
  });
  assert.equal(summary.layout, 'table');
  assert.equal(manifest.samples.length, 2);
});

test('when true classes have such names then they stay classes, and a warning says so', async (t) => {
  for (const [names, role] of [
    [['bus', 'car', 'train'], 'train is read as a class: if it is a training split, move it'],
    [['mask', 'no_mask'], 'mask is read as a class: if it is a kind of files, move it'],
    [['cat', 'dog', 'test'], 'test is read as a class: if it is a validation split, move it'],
  ] as const) {
    const photos = Object.assign({}, ...names.map((name) => classFolder(name, 3)));
    const { manifest, summary } = await prepared(t, photos);
    assert.deepEqual(manifest.tasks[0]?.classes, names);
    assert.ok(summary.warnings[0]?.startsWith(role), summary.warnings[0]);
  }
});

test('when a folder with such a name has no images then it is not a class', async (t) => {
  const { manifest, summary } = await prepared(t, {
    ...classFolder('cat', 3),
    ...classFolder('dog', 3),
    'Annotations/boxes.csv': 'id,x\n',
  });
  assert.deepEqual(manifest.tasks[0]?.classes, ['cat', 'dog']);
  assert.deepEqual(summary.warnings, [
    'Annotations is left out: it has no images, and the name of a kind of files.',
    '1 other file in Annotations is left alone: its name is not that of an image; it is Annotations/boxes.csv.',
  ]);
});

for (const [inner, layout] of [
  [['cat', 'dog'], 'class folders'],
  [['train/cat', 'train/dog', 'val/cat'], 'split class folders'],
] as const) {
  test(`when a folder has ${layout} and nothing is beside it then the error names it as the source`, async (t) => {
    for (const outer of ['PetImages', 'Images']) {
      const photos = inner.map((folder) => classFolder(`${outer}/${folder}`, 2));
      await assert.rejects(
        prepared(t, { ...Object.assign({}, ...photos), 'annotations/1.xml': 'x' }),
        new RegExp(`${outer} has ${layout}: name /.*/shop photos/${outer} as the source`),
      );
    }
  });
}

test('when splits with class folders have other names then the error asks for the usual ones', async (t) => {
  const folders = ['train_set/cat', 'train_set/dog', 'test_set/cat', 'test_set/dog'];
  await assert.rejects(
    prepared(t, Object.assign({}, ...folders.map((folder) => classFolder(folder, 2)))),
    /train_set has class folders: call it train, and the folder of the other split validation$/,
  );
});

test('when two layouts fit a folder then a warning names the one that is not used', async (t) => {
  const { summary } = await prepared(t, {
    ...classFolder('train/cat', 2),
    ...classFolder('train/dog', 2),
    ...classFolder('val/cat', 1),
    'labels.csv': 'path,label\ntrain/cat/0.jpg,cat\n',
  });
  assert.equal(
    summary.warnings[0],
    'The source is read as split class folders, although it could also be read as table.',
  );
});
