/** Sources that `prepare` refuses: each error names the place and the way out. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { findQuestionFiles, prepare } from '../../../src/dataset/index.js';
import { temporaryFolder, writeFiles } from '../../support/folders.js';
import { classFolder, prepared } from '../../support/prepared.js';
import { asUser } from '../../support/process/as-user.js';

test('when question.csv repeats a row or asks for an unknown task then the error says so', async (t) => {
  const labels = { 'base/Annotations/label.csv': 'a.jpg,t,yn\n', 'base/a.jpg': 'a' };
  await assert.rejects(
    prepared(t, { ...labels, 'rank/Tests/question.csv': 'q.jpg,t,?\nr.jpg,t,?\nq.jpg,t,?\n' }),
    /not already at .*question\.csv:1 for .*question\.csv:3:1/,
  );
  await assert.rejects(
    prepared(t, { ...labels, 'rank/Tests/question.csv': 'q.jpg,u,?\n' }),
    /found none for u, which q\.jpg asks for/,
  );
});

test('when the layout of the source is unknown then the error lists the known layouts, and nothing is made', async (t) => {
  await assert.rejects(
    prepared(t, { 'one/a.jpg': 'a' }),
    /class folders .*train\/ and validation\/.*label\.csv/,
  );
  const folder = temporaryFolder(t);
  const out = path.join(folder, 'out');
  await assert.rejects(
    prepare(path.join(folder, 'none'), { out }),
    /an existing folder for source/,
  );
  assert.ok(!existsSync(out));
});

test('when the source is a shard then the error asks for its folder', async (t) => {
  const folder = temporaryFolder(t);
  await writeFiles(folder, { 'a.tar': '' });
  await assert.rejects(
    prepare(path.join(folder, 'a.tar'), { out: path.join(folder, 'out') }),
    /the folder that holds a\.tar for source/,
  );
});

test('when out lies inside the source then prepare refuses', async (t) => {
  const folder = temporaryFolder(t);
  await writeFiles(folder, { ...classFolder('a', 2), ...classFolder('b', 2) });
  await assert.rejects(prepare(folder, { out: path.join(folder, 'a', 'out') }), /a folder outside/);
});

test('when a file has the name of the output folder then prepare asks for a folder', async (t) => {
  const folder = temporaryFolder(t);
  await writeFiles(folder, {
    ...classFolder('src/hat', 2),
    ...classFolder('src/shoe', 2),
    out: '',
  });
  const out = path.join(folder, 'out');
  await assert.rejects(prepare(path.join(folder, 'src'), { out }), {
    name: 'InvalidInputError',
    message: `Expected a folder for out but received "${out}". There is a file of that name`,
  });
});

test('when a source has no questions then the error names the missing file', async (t) => {
  const folder = temporaryFolder(t);
  await assert.rejects(findQuestionFiles(folder), {
    message: `Expected a release with Tests/question.csv for source but received "${folder}"`,
  });
});

test('when this user may not read an image then the error says so, and not to remove its row', async (t) => {
  const folder = temporaryFolder(t);
  const source = path.join(folder, 'source');
  await asUser(folder, async () => {
    await writeFiles(source, {
      'labels.csv': 'path,label\na.jpg,x\nb.jpg,y\n',
      'a.jpg': 'a',
      'b.jpg': 'b',
    });
    await chmod(path.join(source, 'b.jpg'), 0);
    await assert.rejects(
      prepare(source, { out: path.join(folder, 'out') }),
      /labels\.csv:3:1: b\.jpg \(EACCES\)\. Let this user read them$/,
    );
  });
});
