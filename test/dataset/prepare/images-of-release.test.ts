/** The folder of a release's images is not taken for class folders. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { fittingLayout } from '../../../src/dataset/index.js';
import { temporaryFolder, writeFiles } from '../../support/folders.js';

test('when the source is the Images folder of a release, then the error names the release', async (t) => {
  const folder = temporaryFolder(t);
  await writeFiles(folder, {
    'Annotations/label.csv': 'Images/coat/a.jpg,coat,yn\nImages/neck/b.jpg,neck,ny\n',
    'Images/coat/a.jpg': 'a',
    'Images/neck/b.jpg': 'b',
  });
  await assert.rejects(fittingLayout(path.join(folder, 'Images')), ({ message }: Error) => {
    assert.ok(message.endsWith(`name ${folder} as the source`), message);
    return true;
  });
});
