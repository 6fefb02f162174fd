/** CSV files whose columns have other usual names, and how they differ from other people's tables. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepared } from '../../support/prepared.js';

const photos = { 'images/1.jpg': 'one', 'images/2.jpg': 'two' };

for (const header of [
  'file,label',
  'Filename,Class',
  'target,image',
  'id,image_path,category',
  'label,path,file',
]) {
  test(`when a CSV file has the columns ${header}, then it is read`, async (t) => {
    const columns = header.split(',');
    const row = (image: string, label: string) =>
      columns
        .map((name) => {
          if (/label|class|target|category/i.test(name)) {
            return label;
          }
          return name === 'id' || (name === 'file' && columns.includes('path')) ? 'x' : image;
        })
        .join(',');
    const table = [header, row('images/1.jpg', 'cat'), row('images/2.jpg', 'dog')].join('\n');
    const { manifest, summary } = await prepared(t, { ...photos, 'label.csv': table });
    assert.equal(summary.layout, 'table');
    assert.deepEqual(
      manifest.samples.map(({ path: file, label }) => [file, label]),
      [
        ['images/1.jpg', 0],
        ['images/2.jpg', 1],
      ],
    );
  });
}

test('when a table beside class folders names no file there, then the class folders are read', async (t) => {
  const { summary } = await prepared(t, {
    'cat/1.jpg': '1',
    'dog/1.jpg': '2',
    'scores.csv': 'image,class,score\n9.jpg,cat,0.5\n',
  });
  assert.equal(summary.layout, 'class folders');
});

test('when the images of a table are in a folder beside it, then the error names the folder', async (t) => {
  const table = 'file,label\n1.jpg,cat\n2.jpg,dog\n';
  await assert.rejects(
    prepared(t, { ...photos, 'train.csv': table }),
    /The first image that train\.csv names is not there: paths start from the folder of the table/,
  );
  await assert.rejects(
    prepared(t, { ...photos, 'train.csv': table.replace('file', 'path') }),
    /2 of 2 cannot be read, the first at .*train\.csv:2:1: 1\.jpg \(ENOENT\)\. It is in images: move the table there, or write images\/1\.jpg$/,
  );
});

test('when label.csv has a header, then no error speaks of FashionAI', async (t) => {
  await assert.rejects(
    prepared(t, { ...photos, 'label.csv': 'id,label\n1,cat\n' }),
    (error: Error) => {
      assert.doesNotMatch(error.message, /path,task,label/);
      assert.match(error.message, /a header line with path and label for .*label\.csv:1:1/);
      return true;
    },
  );
});
