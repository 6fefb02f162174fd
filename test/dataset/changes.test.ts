/** What changed in a data set's photos since `prepare`. */
import assert from 'node:assert/strict';
import { chmod, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { changesSince, loadManifest, type Manifest } from '../../src/dataset/index.js';
import { sha256 } from '../../src/disk/sha256.js';
import { temporaryFolder } from '../support/folders.js';
import { classFolder, prepared } from '../support/prepared.js';
import { asUser } from '../support/process/as-user.js';

/** Two classes of ten photos each, prepared. */
async function photos(t: TestContext) {
  const { manifest, source } = await prepared(t, {
    ...classFolder('shirt', 10),
    ...classFolder('skirt', 10),
  });
  return { manifest, source, at: (...names: string[]) => path.join(source, ...names) };
}

test('when nothing changed, or only times did, then nothing is told', async (t) => {
  const { manifest, at } = await photos(t);
  assert.deepEqual(await changesSince({ manifest }), []);
  // As if it came back from a backup.
  await utimes(at('shirt', '1.jpg'), new Date(), new Date(2001, 1, 1));
  assert.deepEqual(await changesSince({ manifest }), []);
  assert.deepEqual(await changesSince({ manifest, checkHashes: true }), []);
});

test('when photos are overwritten, then their number and the first one are told', async (t) => {
  const { manifest, at } = await photos(t);
  for (const name of ['3.jpg', '5.jpg']) {
    await writeFile(at('skirt', name), (await readFile(at('shirt', name))).reverse());
  }
  await utimes(at('skirt', '5.jpg'), new Date(), new Date(2001, 1, 1));
  assert.deepEqual(await changesSince({ manifest }), [
    `2 of 20 photos that were compared have other bytes than prepare read, the first is ${at('skirt', '3.jpg')}: their labels and their split may be wrong. Restore them, or run \`npx bobbin prepare\` again.`,
  ]);
});

test('when size and time are the old ones, then only hashes tell the change', async (t) => {
  const { manifest, at } = await photos(t);
  const sample = [...manifest.samples].find((each) => each.path === 'skirt/3.jpg');
  const file = at('skirt', '3.jpg');
  await writeFile(file, 'skirt X');
  await utimes(file, new Date(), ((sample?.modified as number) + 0.5) / 1000);
  assert.deepEqual(await changesSince({ manifest }), []);
  const [sentence, ...others] = await changesSince({ manifest, checkHashes: true });
  assert.match(sentence as string, /^1 of 20 photos .*skirt\/3\.jpg, has/);
  assert.deepEqual(others, []);
});

test('when an earlier version prepared the data, then sizes are not compared, and hashes are', async (t) => {
  const { manifest, at } = await photos(t);
  const samples = [...manifest.samples].map(({ size: _, modified: __, ...rest }) => rest);
  await writeFile(at('skirt', '3.jpg'), 'other');
  const old = { ...manifest, samples };
  assert.deepEqual(await changesSince({ manifest: old }), []);
  assert.equal((await changesSince({ manifest: old, checkHashes: true })).length, 1);
});

test('when photos or a folder are gone, then that is told, and an error if it is all', async (t) => {
  const { manifest, source, at } = await photos(t);
  await rm(at('shirt', '7.jpg'));
  await rename(at('skirt'), at('..', 'elsewhere'));
  assert.deepEqual(await changesSince({ manifest }), [
    `1 of 20 photos that were looked for, ${at('shirt', '7.jpg')}, is gone: restore it, or run \`npx bobbin prepare\` again.`,
    `The folder ${at('skirt')} is gone, with 10 of 20 photos that were looked for: move it back, or run \`npx bobbin prepare\` again.`,
  ]);
  await rename(source, `${source} of last year`);
  await assert.rejects(changesSince({ manifest }), {
    name: 'InvalidInputError',
    message: `The folder ${source} is gone, with 20 of 20 photos that were looked for: move it back, name the folder where they are now by --images (in a program, loadManifest takes \`images\`), or run \`npx bobbin prepare\` again.`,
  });
});

test('when this user may not enter a folder or read a photo, then that is told, not that it is gone', async (t) => {
  const { manifest, source, at } = await photos(t);
  await writeFile(at('skirt', '3.jpg'), 'other');
  await chmod(at('skirt', '3.jpg'), 0);
  const told = async (closed: string) => {
    await chmod(closed, 0);
    const sentences = await asUser(path.dirname(source), () => changesSince({ manifest }));
    await chmod(closed, 0o755);
    return sentences;
  };
  const way = '(EACCES). Let this user read them.';
  assert.deepEqual(await told(at('shirt')), [
    `11 of 20 photos that were looked for cannot be read, the first is ${at('shirt', '0.jpg')} ${way}`,
  ]);
  assert.deepEqual(await told(source), [
    `20 of 20 photos that were looked for cannot be read, the first is ${at('shirt', '0.jpg')} ${way}`,
  ]);
});

test('when a task, a split or the questions are chosen, then only their photos are compared', async (t) => {
  const { manifest, at } = await photos(t);
  const [task] = manifest.tasks;
  await rename(at('skirt'), at('..', 'elsewhere'));
  assert.deepEqual(await changesSince({ manifest, tasks: [] }), []);
  const [sentence] = await changesSince({
    manifest,
    tasks: [task?.name as string],
    part: 'validation',
  });
  assert.match(sentence as string, /with 1 of 2 photos/);
  const questions = ['a.jpg', 'b.jpg'].map((file) => ({ path: file, task: 'x', file }));
  await assert.rejects(
    changesSince({ manifest: { ...manifest, questions }, part: 'questions' }),
    /2 of 2 photos .* are gone/,
  );
});

test('when a file of labels changes, then it is told; when only its time does, it is not', async (t) => {
  const { manifest, source } = await prepared(t, {
    ...classFolder('photos', 4),
    'labels.csv': 'path,label\nphotos/0.jpg,a\nphotos/1.jpg,b\nphotos/2.jpg,a\nphotos/3.jpg,b\n',
  });
  const file = path.join(source, 'labels.csv');
  await utimes(file, new Date(), new Date(2001, 1, 1));
  assert.deepEqual(await changesSince({ manifest }), []);
  await writeFile(file, (await readFile(file, 'utf8')).replace('0.jpg,a', '0.jpg,b'));
  assert.deepEqual(await changesSince({ manifest, remedy: 'prepare it' }), [
    `${file} has changed since prepare read it, and what it says now is not used: to use it, prepare it.`,
  ]);
});

test('when a release has labels and questions, then both files are in its manifest', async (t) => {
  const { manifest, out } = await prepared(t, {
    'base/Annotations/label.csv': 'Images/a.jpg,x,yn\nImages/b.jpg,x,ny\n',
    'base/Images/a.jpg': 'a',
    'base/Images/b.jpg': 'b',
    'rank/Tests/question.csv': 'Images/q.jpg,x,?\n',
    'rank/Images/q.jpg': 'q',
  });
  const names = ['base/Annotations/label.csv', 'rank/Tests/question.csv'];
  assert.deepEqual(
    manifest.labelFiles?.map((file) => file.path),
    names,
  );
  assert.deepEqual((await loadManifest(out)).labelFiles, manifest.labelFiles);
});

test('when a shard is written anew, then its photos are compared by their own bytes', async (t) => {
  const folder = temporaryFolder(t);
  await writeFile(path.join(folder, 'shard.tar'), 'one two three');
  const sample = (offset: number, text: string) => ({
    path: 'shard.tar',
    range: { offset, length: text.length },
    task: 'x',
    label: 0,
    maybe: [],
    split: 'train' as const,
    hash: sha256(text),
    size: 1,
    modified: 1,
  });
  const manifest: Manifest = {
    version: 1,
    root: folder,
    seed: 1,
    tasks: [{ name: 'x', classes: ['y'] }],
    samples: [sample(0, 'one'), sample(4, 'TWO'), sample(8, 'three'), sample(10, 'beyond')],
    questions: [],
  };
  const [sentence] = await changesSince({ manifest });
  assert.match(sentence as string, /^2 of 4 photos .* the first is .*shard\.tar at byte 4:/);
});

test('when there are many photos, then at most 20,000 are compared, and the bytes of 200', async (t) => {
  const { manifest, at } = await photos(t);
  const samples = Array.from({ length: 5000 }, () => [...manifest.samples]).flat();
  assert.equal(samples.length, 100_000);
  // Every fifth sample is compared, and every twentieth is this one.
  await writeFile(at('skirt', '0.jpg'), 'other');
  const [sentence] = await changesSince({ manifest: { ...manifest, samples } });
  assert.match(sentence as string, /^200 of 15200 photos that were compared have other bytes/);
});
