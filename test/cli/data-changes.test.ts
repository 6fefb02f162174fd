/** What the commands say about photos that changed or are gone since `prepare`. */
import assert from 'node:assert/strict';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { classFolder, prepared } from '../support/prepared.js';
import { runBobbin } from '../support/run-bobbin.js';

test('when photos change or their folder moves after prepare, then the commands say so', async (t) => {
  const { source, out } = await prepared(t, {
    ...classFolder('shirt', 10),
    ...classFolder('skirt', 10),
  });
  const words = ['evaluate', '--data', out, '--run', path.join(out, '..', 'run')];
  for (let index = 0; index < 10; index++) {
    await writeFile(path.join(source, 'shirt', `${index}.jpg`), `another photo ${index}`);
  }
  const told = await runBobbin(words);
  assert.match(told.stderr, /^! 1 of 2 photos .*shirt.*\.jpg, has other bytes .*\nbobbin: /);

  await rename(source, `${source} moved`);
  const { code, stderr } = await runBobbin(words);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^bobbin: The folder .*shop photos is gone, with 2 of 2 photos that were looked for: .* by --images /,
  );

  const moved = await runBobbin([...words, '--images', `${source} moved`]);
  assert.match(moved.stderr, /^! 1 of 2 photos .*shop photos moved\/shirt.*\nbobbin: /);
});

test('when somebody edited the manifest, then one line says so', async (t) => {
  const { out } = await prepared(t, { ...classFolder('shirt', 10), ...classFolder('skirt', 10) });
  const file = path.join(out, 'manifest.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace('"seed":1', '"seed":2'));
  const { stderr } = await runBobbin(['evaluate', '--data', out, '--run', path.join(out, 'run')]);
  assert.match(stderr, /^! \S.*manifest\.json was changed after .*\nbobbin: .*\n$/);
});
