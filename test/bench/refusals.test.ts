/** Errors of a benchmark before it runs for minutes, and instead of an empty table. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { checkOutput, writeJson } from '../../bench/output.js';
import { checkThreads } from '../../bench/processes.js';
import { checkMeasured } from '../../bench/rounds.js';
import { soundJpegs } from '../../bench/sound-files.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPicture } from '../support/pictures.js';

test('when files are hidden, damaged, of another format or in CMYK, then the sound JPEGs are returned and the others named', async (t) => {
  const folder = temporaryFolder(t);
  const at = (name: string) => path.join(folder, name);
  const picture = () =>
    sharp(drawPicture(160, 120), { raw: { width: 160, height: 120, channels: 3 } });
  for (const name of ['colour.jpg', 'cut.jpg']) {
    await picture().jpeg().toFile(at(name));
  }
  await picture().greyscale().jpeg().toFile(at('grey.jpg'));
  await picture().toColourspace('cmyk').jpeg().toFile(at('print.jpg'));
  await picture().png().toFile(at('png.jpg'));
  truncateSync(at('cut.jpg'), Math.round(readFileSync(at('cut.jpg')).length / 2));
  for (const name of ['._colour.jpg', 'text.jpg']) {
    writeFileSync(at(name), 'no image');
  }
  const log = t.mock.method(console, 'log', () => {});

  const names = ['._colour', 'colour', 'cut', 'grey', 'png', 'print', 'text'];
  const sound = await soundJpegs(names.map((name) => at(`${name}.jpg`)));

  assert.deepEqual(sound, [at('colour.jpg'), at('grey.jpg')]);
  const [looking, ...told] = log.mock.calls.map(({ arguments: [line] }) => `${line}`);
  assert.equal(looking, 'checking 6 files');
  assert.equal(told.length, 4);
  for (const [i, said] of [
    /cut\.jpg: /,
    /png\.jpg: .*png/,
    /print\.jpg: .*CMYK/,
    /text\.jpg: /,
  ].entries()) {
    assert.match(told[i] ?? '', said);
  }
});

test('when there are more threads than cores, then they are refused', () => {
  checkThreads([1, 2], 2);
  assert.throws(
    () => checkThreads([1, 8], 2),
    /Expected at most 2, .* for --threads but received 8/,
  );
});

test('when every contender is left out, then an error gives the reasons', () => {
  checkMeasured([{}], ['one: absent']);
  assert.throws(
    () => checkMeasured([], ['one: absent', 'two: wrong']),
    /one: absent\n +two: wrong/,
  );
});

test('when results cannot be written, then an error comes at once; otherwise the file is complete', async (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'new.json');
  checkOutput('--json', file);
  await writeJson(file, [1]);
  assert.equal(readFileSync(file, 'utf8'), '[\n  1\n]\n');
  assert.throws(
    () => checkOutput('--json', path.join(folder, 'none', 'rows.json')),
    /for --json .*rows\.json/,
  );
  mkdirSync(path.join(folder, 'rows.json'));
  assert.throws(() => checkOutput('--chart', path.join(folder, 'rows.json')), /It is a folder/);
});
