/** The settings with which a submission began. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepSettings } from '../../src/submission/settings.js';
import { temporaryFolder } from '../support/folders.js';

test('when settings are the same, then they pass; when one differs, then it is named with both values', async (t) => {
  const folder = temporaryFolder(t);
  const settings = { seed: 1, area: [0.5, 1], size: undefined };
  await keepSettings(folder, settings);
  await keepSettings(folder, settings);
  await assert.rejects(keepSettings(folder, { ...settings, area: [0.6, 1], crops: 'ten' }), {
    name: 'InvalidInputError',
    message: `${folder} holds work begun with other settings (area was [0.5,1], is [0.6,1]; crops was undefined, is "ten"). Repeat those, or choose another folder`,
  });
});
