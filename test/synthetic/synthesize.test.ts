/** The drawn data set: layout, separate answers, repeatability, and distinguishable classes. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { fashionAiTasks, prepare } from '../../src/dataset/index.js';
import { drawGarment, emptyClasses } from '../../src/synthetic/garment.js';
import { synthesize } from '../../src/synthetic/index.js';
import { temporaryFolder, writeFiles } from '../support/folders.js';

const small = { imagesPerTask: 20, questionsPerTask: 3, size: 64 };

/** Every file below a folder with the hash of its content. */
async function fingerprint(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  const pairs = files.map(async (file) => {
    const hash = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    return [path.relative(folder, file), hash];
  });
  return Object.fromEntries(await Promise.all(pairs));
}

test('when a set is drawn then prepare reads it, finds the warm-up copies, and never reads the answers', async (t) => {
  const folder = temporaryFolder(t);
  const drawn = await synthesize(path.join(folder, 'data'), small);
  assert.deepEqual([drawn.images, drawn.questions, drawn.warmUp], [160, 24, 2]);
  const { manifest, summary } = await prepare(drawn.folder, { out: path.join(folder, 'out') });
  assert.deepEqual(manifest.tasks, fashionAiTasks);
  assert.equal(manifest.questions.length, 24);
  assert.deepEqual(summary.unreadableQuestions, []);
  assert.equal(summary.questionsInTraining, 0);
  assert.equal(summary.repeats, 1);
  assert.equal(manifest.samples.length, 160 + 2 - 1);
  assert.ok(manifest.samples.some(({ maybe }) => maybe.length > 0));
  const sleeves = summary.tasks.find(({ name }) => name === 'sleeve_length_labels');
  assert.deepEqual(sleeves?.classes[0], { name: 'Invisible', train: 0, validation: 0 });
  assert.ok(sleeves?.classes.slice(1).every(({ train }) => train > 0));
  const asked = (await readFile(path.join(drawn.folder, 'rank/Tests/question.csv'), 'utf8'))
    .trim()
    .split('\n');
  const answers = (await readFile(drawn.answers, 'utf8')).trim().split('\n');
  assert.deepEqual(
    answers.map((row) => row.replace(/[ymn]+$/, '?')),
    asked,
  );
});

test('when the seed is the same then every byte is the same, and another seed draws other images', async (t) => {
  const folder = temporaryFolder(t);
  const options = { ...small, tasks: ['neck_design_labels', 'skirt_length_labels'] };
  const draw = async (name: string, seed: number) => {
    const drawn = await synthesize(path.join(folder, name), { ...options, seed });
    return fingerprint(drawn.folder);
  };
  const first = await draw('first', 4);
  assert.deepEqual(await draw('second', 4), first);
  const images = new Set(Object.values(first));
  const other = Object.values(await draw('third', 5)).filter((hash) => images.has(hash));
  assert.deepEqual(other, []);
});

test('when drawing fails or the folder is in use then no partial set remains', async (t) => {
  const folder = temporaryFolder(t);
  await writeFiles(folder, { 'data/mine.txt': 'mine' });
  for (const name of ['data', 'data/mine.txt']) {
    await assert.rejects(
      synthesize(path.join(folder, name), small),
      /a new or empty folder for out/,
    );
  }
  await assert.rejects(
    synthesize(path.join(folder, 'new'), { ...small, tasks: ['hats'] }),
    /Expected some of coat_length_labels/,
  );
  await assert.rejects(
    synthesize(path.join(folder, 'new'), {
      ...small,
      onProgress: () => {
        throw new Error('stop');
      },
    }),
    /stop/,
  );
  assert.deepEqual(await readdir(folder), ['data']);
  assert.ok(existsSync(path.join(folder, 'data', 'mine.txt')));
});

test('when a picture is close to a neighbouring class then only that class is marked maybe', () => {
  const marks = Array.from(
    { length: 300 },
    (_, index) => drawGarment('skirt_length_labels', 3, 64, `${index}`).maybe,
  );
  assert.ok(
    marks.every((maybe) => maybe.length <= 1 && maybe.every((label) => label === 2 || label === 4)),
  );
  // A lean is uniform in 0 … .32 and marked from .24 on: a quarter of 300, with a deviation of 7.5.
  const marked = marks.filter((maybe) => maybe.length === 1).length;
  assert.ok(marked > 45 && marked < 105, `${marked} of 300 are marked`);
});

test('when a class is drawn then its picture is a photo of the size asked for', async () => {
  for (const { name, classes } of fashionAiTasks) {
    for (const label of classes.keys()) {
      if (emptyClasses(name).includes(label)) {
        continue;
      }
      const { svg } = drawGarment(name, label, 96, 'picture');
      const { info } = await sharp(Buffer.from(svg)).raw().toBuffer({ resolveWithObject: true });
      assert.equal(Math.min(info.width, info.height), 96, `${name} ${label}`);
      assert.ok(Math.max(info.width, info.height) <= 108, `${name} ${label}`);
      assert.doesNotMatch(svg, /NaN|undefined|Infinity/, `${name} ${label}`);
    }
  }
});

test('when the same person is drawn in two classes then the garment differs where the classes do', async () => {
  for (const { name, classes } of fashionAiTasks) {
    const pictures: Buffer[] = [];
    for (const label of classes.keys()) {
      if (emptyClasses(name).includes(label)) {
        continue;
      }
      const { svg } = drawGarment(name, label, 96, 'same person');
      pictures.push(await sharp(Buffer.from(svg)).flatten().resize(96, 96).raw().toBuffer());
    }
    for (const [index, picture] of pictures.entries()) {
      for (const other of pictures.slice(0, index)) {
        const changed = picture.filter((value, at) => Math.abs(value - (other[at] as number)) > 24);
        assert.ok(changed.length > 0.004 * picture.length, `${name}: two classes look the same`);
      }
    }
  }
});
