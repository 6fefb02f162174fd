/** Files that are images by their names: those that are read, and those of which prepare says what it reads instead. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { imageFormats, imagePattern, prepare } from '../../../src/dataset/index.js';
import { temporaryFolder, writeFiles } from '../../support/folders.js';
import { prepared } from '../../support/prepared.js';

const read = 'Bobbin reads JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP, and Netpbm';

test('when images have any extension of a format that is read, then they are samples', async (t) => {
  assert.equal(read, `Bobbin reads ${imageFormats}`);
  const names = ['a.jfif', 'b.jpe', 'c.jif', 'd.BMP', 'e.ppm', 'f.pgm', 'g.pbm', 'h.pnm', 'i.Jpeg'];
  const files = names.map((name) => [`cat/${name}`, name]);
  const { manifest, summary } = await prepared(t, {
    ...Object.fromEntries(files),
    'dog/1.tif': 'dog',
  });
  assert.equal(manifest.samples.length, names.length + 1);
  assert.deepEqual(
    summary.warnings.filter((warning) => /left/.test(warning)),
    [],
  );
  assert.ok(!imagePattern.test('notes.ppmx'));
});

test('when images have a format that is not read, then they are counted, and what is read is named', async (t) => {
  const { summary } = await prepared(t, {
    'cat/1.jpg': '1',
    'cat/2.HEIC': '2',
    'cat/notes.txt': '',
    'dog/1.heic': '3',
    'dog/2.svg': '4',
    'dog/3.png': '5',
  });
  assert.deepEqual(summary.warnings.slice(0, 2), [
    `3 images are left out (2 .heic and 1 .svg): ${read}, so convert them; the first is cat/2.HEIC.`,
    '1 other file in cat is left alone: its name is not that of an image; it is cat/notes.txt.',
  ]);
  await assert.rejects(
    prepared(t, { 'cat/1.jp2': '1', 'dog/1.jp2': '2' }),
    /2 images are left out \(2 \.jp2\): Bobbin reads JPEG, .*so convert them; the first is cat\/1\.jp2$/,
  );
});

test('when a source has one class, none, or lies deeper, then the error says what is needed', async (t) => {
  const folder = temporaryFolder(t);
  await writeFiles(path.join(folder, 'source'), {
    'all/photos/cat/1.jpg': '',
    'all/photos/dog/1.jpg': '',
  });
  await writeFiles(path.join(folder, 'lone', 'flat'), { '1.jpg': '' });
  await writeFiles(path.join(folder, 'one'), { 'cat/1.jpg': '', 'cat/2.jpg': '' });
  const at = (...parts: string[]) => path.join(folder, ...parts);
  const refusal = (source: string) =>
    prepare(source, { out: at('out') }).then(
      () => '',
      (error: Error) => error.message.replace(/^Expected .* but received ("[^"]*")/, '$1'),
    );
  assert.equal(
    await refusal(at('source')),
    `"${at('source')}". photos has class folders: name ${at('source', 'all', 'photos')} as the source`,
  );
  assert.equal(
    await refusal(at('source', 'all', 'photos', 'cat')),
    `"${at('source', 'all', 'photos', 'cat')}". It has 1 image and no class folders: name ${at('source', 'all', 'photos')}, which has class folders, as the source`,
  );
  mkdirSync(at('empty'));
  assert.equal(await refusal(at('empty')), `"${at('empty')}"`);
  assert.equal(
    await refusal(at('lone', 'flat')),
    `"${at('lone', 'flat')}". It has 1 image and no class folders: put those of each class into a folder of its own`,
  );
  assert.equal(
    await refusal(at('one')),
    `"${at('one')}". At least two classes are needed, a folder of images for each: only cat has images (2)`,
  );
});
