/** The comparison of settings, and settings that an earlier version saved. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSameSettings } from '../src/settings.js';
import { completeSettings } from '../src/training/index.js';

test('when settings differ, then each one is named with both values', () => {
  const saved = { seed: 1, area: [0.5, 1], model: { size: 64 } };
  checkSameSettings('run', saved, { ...saved, augment: undefined });
  const now = { seed: 1, area: [0.6, 1], model: { size: 96 }, crops: 'ten' };
  assert.throws(() => checkSameSettings('run', saved, now), {
    name: 'InvalidInputError',
    message:
      'run holds work begun with other settings (area was [0.5,1], is [0.6,1]; model.size was 64, is 96; crops was not given, is "ten"). Repeat those, or choose another folder',
  });
});

test('when saved settings lack an option, then it counts as its default', () => {
  const saved = { epochs: 3, augmentation: { flip: 0 }, model: { size: 64 } };
  const { epochs, momentum, threads, augmentation, model, crops } = completeSettings({
    ...saved,
    crops: 'ten',
  });
  assert.deepEqual([epochs, momentum, threads, crops], [3, 0.9, undefined, 'ten']);
  const { flip, area } = augmentation as Record<string, unknown>;
  assert.deepEqual([flip, area], [0, [0.5, 1]]);
  assert.deepEqual(model, { network: 'efficientnet-lite0', size: 64, pretrained: true });
});

test('when settings were saved with the options of every optimizer, then those of the chosen one count', () => {
  const saved = { optimizer: 'adamw', momentum: 0.7, nesterov: true, beta1: 0.8 };
  const { momentum, nesterov, beta1, beta2 } = completeSettings(saved);
  assert.deepEqual([momentum, nesterov, beta1, beta2], [undefined, undefined, 0.8, 0.999]);
});
