/** What a call of prepare says of tasks: their names, and the order of their classes. */
import assert from 'node:assert/strict';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { loadManifest, prepare } from '../../../src/dataset/index.js';
import { classFolder, prepared } from '../../support/prepared.js';

const photos = { ...classFolder('shirt', 3), ...classFolder('skirt', 3) };

test('when a source is renamed and prepared again, then its task keeps the name, unless classes differ', async (t) => {
  const { source, out, manifest } = await prepared(t, photos);
  assert.equal(manifest.tasks[0]?.name, 'shop-photos');
  const pictures = path.join(path.dirname(source), 'pictures');
  await rename(source, pictures);
  const again = await prepare(pictures, { out });
  assert.deepEqual(again.manifest, { ...manifest, root: pictures });
  assert.deepEqual(again.summary.warnings, [
    'The task is still called shop-photos, as in the manifest before.',
  ]);
  await rename(path.join(pictures, 'skirt'), path.join(pictures, 'coat'));
  const other = await prepare(pictures, { out });
  assert.equal(other.manifest.tasks[0]?.name, 'pictures');
});

test('when a name is chosen, then the task and its samples have it, also the next time', async (t) => {
  const { source, out } = await prepared(t, photos);
  const named = await prepare(source, { out, name: 'Röcke 帽子' });
  assert.equal(named.manifest.tasks[0]?.name, 'Röcke 帽子');
  assert.ok(named.manifest.samples.every(({ task }) => task === 'Röcke 帽子'));
  assert.equal((await prepare(source, { out })).manifest.tasks[0]?.name, 'Röcke 帽子');
  await rm(path.join(out, 'manifest.json'));
  assert.equal((await prepare(source, { out })).manifest.tasks[0]?.name, 'shop-photos');
});

test('when a name could not be that of a folder, or the source names its tasks, then it is refused', async (t) => {
  const { source, out } = await prepared(t, photos);
  for (const name of ['.', '..', '-x', 'a/b', 'a\\b', 'a\nb', 'end.', 'x'.repeat(101)]) {
    await assert.rejects(prepare(source, { out, name }), {
      name: 'InvalidInputError',
      message: `Expected at most 100 letters, digits, spaces, _, . and - that begin with a letter or digit for name but received ${JSON.stringify(name)}`,
    });
  }
  await assert.rejects(prepare(source, { out, name: '' }), /the name of a task for name/);
  const release = await prepared(t, { 'label.csv': 'a.jpg,colour,yn\n', 'a.jpg': 'a' });
  await assert.rejects(prepare(release.source, { out: release.out, name: 'x' }), {
    message: 'name cannot be chosen for FashionAI, whose files name the tasks. Leave it out',
  });
});

test('when out is the source itself, then prepare refuses', async (t) => {
  const { source } = await prepared(t, photos);
  await assert.rejects(prepare(source, { out: source }), {
    message: `Expected a folder outside ${source} for out but received "${source}"`,
  });
});

test('when classes are declared as ordered, then the manifest says so; FashionAI orders its lengths without Invisible', async (t) => {
  const { source, out } = await prepared(t, photos);
  await prepare(source, { out, name: 'length', ordered: { length: 0 } });
  const [{ ordered }] = (await loadManifest(out)).tasks;
  assert.deepEqual(ordered, { from: 0 });
  const refused: [Record<string, number>, RegExp][] = [
    [{ width: 0 }, /^Expected names of length for ordered but received "width"/],
    [{ length: 1 }, /^Expected a class of length from 0 to 0, .* for ordered but received 1/],
  ];
  for (const [given, message] of refused) {
    await assert.rejects(prepare(source, { out, name: 'length', ordered: given }), { message });
  }
  const labels = 'a.jpg,skirt_length_labels,nnnynn\na.jpg,lapel_design_labels,ynnnn\n';
  const release = await prepared(t, { 'label.csv': labels, 'a.jpg': 'a' });
  const orders = release.manifest.tasks.map((task) => task.ordered?.from);
  assert.deepEqual(orders, [undefined, 1]);
});
