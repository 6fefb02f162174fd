/** From each layout to a manifest: labels, splits and repeats. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, symlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { findQuestionFiles, loadManifest, prepare, samplesOf } from '../../../src/dataset/index.js';
import { temporaryFolder, writeFiles } from '../../support/folders.js';
import { classFolder, prepared, withoutTimes } from '../../support/prepared.js';

const fashion = {
  'base/Annotations/label.csv':
    'Images/coat_length_labels/a.jpg,coat_length_labels,nynnnnnn\nImages/coat_length_labels/b.jpg,coat_length_labels,nnmynnnn\nImages/neck_design_labels/c.jpg,neck_design_labels,ynnnn\n',
  'base/Images/coat_length_labels/a.jpg': 'a',
  'base/Images/coat_length_labels/b.jpg': 'b',
  'base/Images/neck_design_labels/c.jpg': 'c',
  'rank/Tests/question.csv':
    'Images/neck_design_labels/q.jpg,neck_design_labels,?\nImages/coat_length_labels/r.jpg,coat_length_labels,?\n',
  'rank/Images/neck_design_labels/q.jpg': 'q',
};

test('when classes are folders then labels follow their names and the split is stratified', async (t) => {
  const { manifest, summary } = await prepared(
    t,
    {
      ...classFolder('b-hat', 20),
      ...classFolder('a-shoe', 10),
      'a-shoe/notes.txt': 'x',
      '.cache/x.jpg': 'x',
    },
    { validationFraction: 0.2 },
  );
  assert.deepEqual(manifest.tasks, [{ name: 'shop-photos', classes: ['a-shoe', 'b-hat'] }]);
  assert.equal(summary.layout, 'class folders');
  assert.deepEqual(summary.tasks[0]?.classes, [
    { name: 'a-shoe', train: 8, validation: 2 },
    { name: 'b-hat', train: 16, validation: 4 },
  ]);
  assert.deepEqual(summary.warnings, [
    '.cache is left out, because its name begins with a dot: rename it if it is a class.',
    '1 other file in a-shoe is left alone: its name is not that of an image; it is a-shoe/notes.txt.',
  ]);
  const hat = manifest.samples.find(({ path: file }) => file === 'b-hat/3.jpg');
  assert.equal(hat?.label, 1);
  assert.equal(hat?.hash, createHash('sha256').update('b-hat 3').digest('hex'));
});

test('when folds are asked for then each image is in one, a manifest keeps them, and they split without the split', async (t) => {
  const photos = { ...classFolder('a', 9), ...classFolder('b', 6) };
  const { manifest, out } = await prepared(t, photos, { folds: 3 });
  const loaded = await loadManifest(out);
  assert.equal(loaded.folds, 3);
  const [task = ''] = manifest.tasks.map(({ name }) => name);
  const held = new Set<string>();
  for (const [fold, all] of [
    loaded,
    loaded,
    { ...loaded, samples: [...loaded.samples] },
  ].entries()) {
    const validation = samplesOf(all, task, 'validation', fold);
    const labels = validation.map(({ label }) => label);
    assert.deepEqual(labels, [0, 0, 0, 1, 1]);
    const training = samplesOf(all, task, 'train', fold);
    assert.equal(training.length, 10);
    assert.ok(training.every((sample) => sample.fold !== fold));
    validation.map(({ hash }) => held.add(hash));
  }
  assert.equal(held.size, 15);
  assert.throws(
    () => samplesOf(loaded, task, 'train', 3),
    /a fold from 0 to 2 for fold but received 3/,
  );
  const { manifest: plain } = await prepared(t, photos);
  assert.throws(
    () => samplesOf(plain, task, 'train', 0),
    /data with folds for fold but received 0.*--folds/,
  );
  await assert.rejects(
    prepared(t, photos, { folds: 1 }),
    /0 or an integer from 2 to 100 for folds but received 1/,
  );
});

test('when files are hashed then each sample has the size and time of its file, also when it is a part of a shard', async (t) => {
  const folder = temporaryFolder(t);
  const source = path.join(folder, 'source');
  const labels = { 'a/0.cls': '0', 'a/1.cls': '1', 'a/2.cls': '1' };
  await writeFiles(source, { ...classFolder('a', 3), ...classFolder('b', 3), ...labels });
  const shards = path.join(folder, 'shards');
  await mkdir(shards);
  const tar = path.join(shards, 'photos.tar');
  execFileSync('tar', ['--format=ustar', '-cf', tar, '-C', source, 'a']);
  for (const file of [path.join(source, 'a', '1.jpg'), tar]) {
    await utimes(file, 1e9, 1_234_567_890.25);
  }
  const whole = await prepare(source, { out: path.join(folder, 'out') });
  const sample = whole.manifest.samples.find((each) => each.path === 'a/1.jpg');
  assert.deepEqual([sample?.size, sample?.modified], ['a 1'.length, 1_234_567_890_250]);
  const parts = await prepare(shards, { out: path.join(folder, 'out-of-shards') });
  for (const { size, modified } of parts.manifest.samples) {
    assert.deepEqual([size, modified], [(await stat(tar)).size, 1_234_567_890_250]);
  }
});

test('when a class folder is a link then its images count, and a broken link is not a class', async (t) => {
  const folder = temporaryFolder(t);
  const source = path.join(folder, 'source');
  await writeFiles(source, { ...classFolder('a', 3), ...classFolder('b', 3) });
  await writeFiles(folder, classFolder('elsewhere', 4));
  await symlink(path.join(folder, 'elsewhere'), path.join(source, 'c'));
  await symlink(path.join(folder, 'nowhere'), path.join(source, 'd'));
  const { manifest } = await prepare(source, { out: path.join(folder, 'out') });
  assert.deepEqual(manifest.tasks[0]?.classes, ['a', 'b', 'c']);
  assert.equal(manifest.samples.filter(({ label }) => label === 2).length, 4);
});

test('when the source is split already then its split stands, and what both splits have goes to validation', async (t) => {
  const { manifest, summary } = await prepared(t, {
    'train/hat/1.jpg': 'one',
    'train/hat/2.jpg': 'two',
    'train/shoe/3.jpg': 'three',
    'val/hat/copy.jpg': 'two',
    'val/shoe/4.jpg': 'four',
    'test/shoe/5.jpg': 'five',
  });
  const splits = manifest.samples.map(({ path: file, split }) => `${file} ${split}`);
  assert.deepEqual(
    splits,
    [
      'train/hat/1.jpg train',
      'val/hat/copy.jpg validation',
      'train/shoe/3.jpg train',
      'val/shoe/4.jpg validation',
    ].sort(),
  );
  assert.equal(summary.leaks, 1);
  assert.match(summary.warnings.join('\n'), /test is left out/);
  assert.match(summary.warnings.join('\n'), /1 training image is a validation image too/);
});

test('when the layout is FashionAI then letters, questions and files are found', async (t) => {
  const { manifest, summary, source } = await prepared(t, fashion);
  assert.equal(summary.layout, 'FashionAI');
  assert.deepEqual(
    manifest.tasks.map(({ name }) => name),
    ['coat_length_labels', 'neck_design_labels'],
  );
  assert.equal(manifest.tasks[0]?.classes[7], 'Ankle&Floor Length');
  const b = manifest.samples.find(({ path: file }) => file.endsWith('b.jpg'));
  assert.deepEqual([b?.path, b?.label, b?.maybe], ['base/Images/coat_length_labels/b.jpg', 3, [2]]);
  assert.deepEqual(manifest.questions, [
    {
      path: 'Images/neck_design_labels/q.jpg',
      task: 'neck_design_labels',
      file: 'rank/Images/neck_design_labels/q.jpg',
    },
    {
      path: 'Images/coat_length_labels/r.jpg',
      task: 'coat_length_labels',
      file: 'rank/Images/coat_length_labels/r.jpg',
    },
  ]);
  const question = path.join(source, 'rank/Tests/question.csv');
  assert.deepEqual(await findQuestionFiles(source), [question]);
  assert.deepEqual(summary.unreadableQuestions, ['Images/coat_length_labels/r.jpg']);
});

test('when the source itself is a release then its rows are read once', async (t) => {
  const { manifest, source } = await prepared(t, {
    'Annotations/label.csv': 'Images/a.jpg,colour,yn\nImages/b.jpg,colour,ny\n',
    'Tests/question.csv': 'Images/q.jpg,colour,?\n',
    'Images/a.jpg': 'a',
    'Images/b.jpg': 'b',
    'Images/q.jpg': 'q',
  });
  assert.equal(manifest.samples.length, 2);
  assert.deepEqual(manifest.questions, [
    { path: 'Images/q.jpg', task: 'colour', file: 'Images/q.jpg' },
  ]);
  assert.deepEqual(await findQuestionFiles(source), [path.join(source, 'Tests/question.csv')]);
});

test('when label.csv lies in the source folder then it is also read', async (t) => {
  const { manifest } = await prepared(t, {
    'label.csv': 'Images/a.jpg,colour,yn\nImages/b.jpg,colour,ny\n',
    'Images/a.jpg': 'a',
    'Images/b.jpg': 'b',
  });
  assert.deepEqual(manifest.tasks, [{ name: 'colour', classes: ['class 0', 'class 1'] }]);
  assert.deepEqual(
    manifest.samples.map(({ path: file }) => file),
    ['Images/a.jpg', 'Images/b.jpg'],
  );
});

test('when a later release repeats images then each counts once, contradictions not at all, and all tasks agree on the split', async (t) => {
  const rows: string[] = [];
  const files: Record<string, string> = {};
  for (let index = 0; index < 40; index++) {
    rows.push(`Images/${index}.jpg,skirt_length_labels,${index % 2 ? 'ynnnnn' : 'nynnnn'}`);
    rows.push(`Images/${index}.jpg,pant_length_labels,${index % 3 ? 'ynnnnn' : 'nynnnn'}`);
    files[`base/Images/${index}.jpg`] = `picture ${index}`;
  }
  const { manifest, summary } = await prepared(
    t,
    {
      ...files,
      'base/Annotations/label.csv': rows.join('\n'),
      'web/Annotations/skirt_length_labels.csv':
        'Images/same.jpg,skirt_length_labels,ynnnnn\nImages/other.jpg,skirt_length_labels,nnynnn\nImages/new.jpg,skirt_length_labels,nnynnn\n',
      'web/Images/same.jpg': 'picture 1',
      'web/Images/other.jpg': 'picture 3',
      'web/Images/new.jpg': 'new',
      'rank/Tests/question.csv': 'Images/q.jpg,skirt_length_labels,?\n',
      'rank/Images/q.jpg': 'picture 5',
    },
    { validationFraction: 0.3 },
  );
  assert.equal(summary.repeats, 1);
  assert.equal(summary.questionsInTraining, 1);
  const [conflict] = summary.conflicts;
  assert.deepEqual(
    conflict?.rows.map(({ path: file, label }) => [file, label]),
    [
      ['base/Images/3.jpg', 0],
      ['web/Images/other.jpg', 2],
    ],
  );
  assert.match(conflict?.rows[1]?.origin ?? '', /skirt_length_labels\.csv:2:1$/);
  const skirts = manifest.samples.filter(({ task }) => task === 'skirt_length_labels');
  assert.equal(skirts.length, 40);
  assert.equal(new Set(skirts.map(({ hash }) => hash)).size, 40);
  const splits = new Map<string, string>();
  for (const { hash, split } of manifest.samples) {
    assert.equal(splits.get(hash) ?? split, split, 'one image, one split');
    splits.set(hash, split);
  }
  const held = samplesOf(manifest, 'pant_length_labels', 'validation').length;
  assert.ok(held >= 8 && held <= 12, `${held} of 40 at .3`);
});

test('when prepare runs again, or files were written in another order, then the manifest is the same', async (t) => {
  const files = { ...classFolder('a', 30), ...classFolder('b', 30), 'b/copy of a.jpg': 'b 7' };
  const first = await prepared(t, files);
  const bytes = await readFile(first.summary.file);
  await prepare(first.source, { out: first.out });
  assert.deepEqual(await readFile(first.summary.file), bytes);
  const reversed = await prepared(t, Object.fromEntries(Object.entries(files).reverse()));
  const { root } = first.manifest;
  assert.deepEqual({ ...withoutTimes(reversed.manifest), root }, withoutTimes(first.manifest));
  assert.deepEqual(await loadManifest(first.out), first.manifest);
});

const faults: [name: string, table: string, message: RegExp][] = [
  ['a letter is unknown', 'a.jpg,t,nyx\n', /label\.csv:1:11 but received "x"/],
  [
    'two classes are marked',
    'a.jpg,t,nyn\nb.jpg,t,yny\n',
    /one letter y for .*label\.csv:2:11 but received "yny"/,
  ],
  ['no class is marked', 'a.jpg,t,nmn\n', /one letter y for .*label\.csv:1:9/],
  [
    'the letters are too few',
    'a.jpg,t,nyn\na.jpg,t,ny\n',
    /3 letters, as t has at .*label\.csv:1:9, for .*label\.csv:2:9/,
  ],
  ['a field is missing', 'a.jpg,t\n', /3 fields, path,task,label, for .*label\.csv:1:1/],
  [
    'a path leaves the release',
    '../../secret,t,yn\n',
    /path inside its release's folder for .*label\.csv:1:1/,
  ],
  [
    'a path is absolute',
    '/etc/passwd,t,yn\n',
    /path inside its release's folder for .*label\.csv:1:1/,
  ],
  ['a task cannot name a folder', 'a.jpg,../t,yn\n', /task name .* for .*label\.csv:1:7/],
  [
    'an image is missing',
    'a.jpg,t,yn\nb.jpg,t,ny\n',
    /1 of 2 cannot be read, the first at .*label\.csv:2:1: base\/b\.jpg \(ENOENT\)/,
  ],
];

for (const [name, table, message] of faults) {
  test(`when ${name} then the error has the location`, async (t) => {
    await assert.rejects(
      prepared(t, { 'base/Annotations/label.csv': table, 'base/a.jpg': 'a' }),
      (error: Error) => error.name === 'InvalidInputError' && message.test(error.message),
    );
  });
}

test('when a release has hidden files of macOS then they are not read as labels', async (t) => {
  const { manifest, summary } = await prepared(t, {
    ...fashion,
    'base/Annotations/._label.csv': '\0\x05\x16\x07',
    '__MACOSX/label.csv': '\0\x05\x16\x07',
  });
  assert.equal(summary.layout, 'FashionAI');
  assert.equal(manifest.samples.length, 3);
});

test('when many classes lack images then a few are named and the others counted', async (t) => {
  const { summary } = await prepared(t, {
    'label.csv': `a.jpg,colour,y${'n'.repeat(20)}\n`,
    'a.jpg': 'a',
  });
  assert.equal(summary.warnings.length, 6);
  assert.equal(
    summary.warnings[4],
    'colour has no image of class class 5: its column stays in the answers.',
  );
  assert.equal(summary.warnings[5], '15 more classes of colour have no image.');
});

test('when the clothing photos are available then their split is used', async (t) => {
  const source = path.resolve('../shared/data/clothing');
  if (!existsSync(source)) {
    return t.skip('../shared/data/clothing is absent');
  }
  const { manifest } = await prepare(source, { out: temporaryFolder(t) });
  assert.equal(manifest.tasks[0]?.name, 'clothing');
  assert.equal(manifest.tasks[0]?.classes.length, 10);
  assert.equal(samplesOf(manifest, 'clothing', 'train').length, 3068);
  assert.equal(samplesOf(manifest, 'clothing', 'validation').length, 341);
});
