/** The settings with which a submission began. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { type SubmitRequest, submit } from '../../src/submission/index.js';
import { keepSettings, savedSettings } from '../../src/submission/settings.js';
import { temporaryFolder, writeFiles } from '../support/folders.js';

test('when settings are the same, then they pass; when one differs, then it is named with both values', async (t) => {
  const folder = temporaryFolder(t);
  const settings = { seed: 1, area: [0.5, 1], size: undefined };
  await keepSettings(folder, settings, true);
  await keepSettings(folder, settings, true);
  await assert.rejects(keepSettings(folder, { ...settings, area: [0.6, 1], crops: 'ten' }, true), {
    name: 'InvalidInputError',
    message: `${folder} holds work begun with other settings (area was [0.5,1], is [0.6,1]; crops was not given, is "ten"). Repeat those, or choose another folder`,
  });
});

test('when no run has begun, then other settings replace those of an earlier call', async (t) => {
  const folder = temporaryFolder(t);
  await keepSettings(folder, { seed: 1 }, false);
  await keepSettings(folder, { seed: 2 }, false);
  assert.equal((await savedSettings(folder))?.seed, 2);
});

test('when an option is out of its range or conflicts with another, then nothing is written', async (t) => {
  const folder = temporaryFolder(t);
  const request = {
    source: folder,
    out: path.join(folder, 'out'),
    seed: 1,
    validationFraction: 0.1,
  };
  const refusals: [SubmitRequest['training'], RegExp][] = [
    [{ model: { size: 50 } }, /a multiple of 4 for size/],
    [{ epochs: 2, warmUp: 2 }, /a number below epochs \(2\) for warmUp/],
  ];
  for (const [training, message] of refusals) {
    await assert.rejects(submit({ ...request, training }), { message });
    assert.ok(!existsSync(request.out));
  }
  await assert.rejects(submit({ ...request, training: {}, mirror: true }), {
    message: /mirror cannot be combined with crops ten/,
  });
  assert.ok(!existsSync(request.out));
});

test('when the settings are damaged, then the error names the file and the place', async (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'settings.json');
  const damaged: [string, RegExp][] = [
    ['{\n  "seed" 1\n}', /Expected JSON for .*settings\.json:2:10 .*Restore the file/],
    ['[]', /an object of settings for .*settings\.json/],
    ['{ "epochs": "six" }', /settings of an earlier call for .*settings\.json .*epochs/],
  ];
  for (const [text, message] of damaged) {
    await writeFile(file, text);
    await assert.rejects(keepSettings(folder, {}, true), { name: 'InvalidInputError', message });
  }
});

test('when the source does not exist or has no questions, then nothing is kept that would refuse the right one', async (t) => {
  const folder = temporaryFolder(t);
  await writeFiles(folder, { 'photos/hat/a.jpg': 'a', 'photos/shoe/b.jpg': 'b' });
  const out = path.join(folder, 'out');
  const refusals: [string, RegExp][] = [
    ['photo', /an existing folder for source/],
    ['photos', /Tests\/question\.csv for source/],
  ];
  for (const [name, message] of refusals) {
    const request = { source: path.join(folder, name), out, seed: 1, validationFraction: 0.1 };
    await assert.rejects(submit({ ...request, training: {} } as SubmitRequest), { message });
    assert.ok(!existsSync(out));
  }
});
