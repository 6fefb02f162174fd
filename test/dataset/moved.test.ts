/** Prepared data and images that moved, together or apart, and images that are gone. */
import assert from 'node:assert/strict';
import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { changesSince, loadManifest, resolveSample } from '../../src/dataset/index.js';
import { checkPresence } from '../../src/dataset/presence.js';
import { classFolder, prepared } from '../support/prepared.js';

const shop = (t: TestContext) =>
  prepared(t, { ...classFolder('shirt', 5), ...classFolder('skirt', 5) });

test('when images and prepared data move or are copied together, then those beside the data are used', async (t) => {
  const { source, out } = await shop(t);
  const [before, after] = [path.dirname(source), `${path.dirname(source)}-copy`];
  await cp(before, after, { recursive: true, preserveTimestamps: true });
  const manifest = await loadManifest(path.join(after, path.basename(out)));
  assert.equal(manifest.root, path.join(after, 'shop photos'));
  await rename(before, `${before}-moved`);
  assert.deepEqual(await changesSince({ manifest }), []);
  await rename(`${before}-moved`, before);
});

test('when the prepared data move alone, then the images are found where they were', async (t) => {
  const { source, out } = await shop(t);
  const deeper = path.join(path.dirname(out), 'x', 'y');
  await mkdir(path.dirname(deeper));
  await rename(out, deeper);
  assert.equal((await loadManifest(deeper)).root, source);
});

test('when images moved alone, then their new folder replaces the old one, if it has any of them', async (t) => {
  const { source, out } = await shop(t);
  const moved = `${source} moved`;
  await rename(source, moved);
  const manifest = await loadManifest(out, { images: moved });
  assert.equal(manifest.root, moved);
  assert.deepEqual(await changesSince({ manifest }), []);
  await assert.rejects(loadManifest(out, { images: path.dirname(moved) }), {
    name: 'InvalidInputError',
    message: `Expected the folder of the images for images but received "${path.dirname(moved)}". There is no ${path.join(path.dirname(moved), 'shirt', '0.jpg')}`,
  });
});

test('when an earlier version prepared the data, then its absolute root is used', async (t) => {
  const { source, out } = await shop(t);
  const file = path.join(out, 'manifest.json');
  const text = await readFile(file, 'utf8');
  assert.match(text, /^\{"version":1,"root":"[^"]*","relativeRoot":"\.\.\/shop photos",/);
  const lines = text.replace('"relativeRoot":"../shop photos",', '').split('\n');
  await writeFile(file, [...lines.slice(0, -3), ']}'].join('\n'));
  assert.equal((await loadManifest(out)).root, source);
});

test('when all images of a task are gone, then work on it is refused before it begins', async (t) => {
  const { manifest, source } = await shop(t);
  await checkPresence(manifest, manifest.samples);
  const first = resolveSample(manifest, manifest.samples.at(0)?.path ?? '');
  await rename(source, `${source} moved`);
  await assert.rejects(
    checkPresence(manifest, manifest.samples),
    new RegExp(`The folder ${source} is gone, with 10 of 10 photos .* by --images `),
  );
  await mkdir(path.dirname(first), { recursive: true });
  await assert.rejects(checkPresence(manifest, manifest.samples), /skirt is gone, with 5 of 10/);
});
