/** timm's configurations, as its package 1.0.31 writes them for the hub, as a preprocessing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headsOf, preprocessingOf } from '../../../src/model/weights/timm-config.js';

/** The configuration of vit_base_patch16_clip_224.openai, as the hub has it. */
const clip = {
  architecture: 'vit_base_patch16_clip_224',
  num_classes: 1000,
  pretrained_cfg: {
    input_size: [3, 224, 224],
    fixed_input_size: true,
    interpolation: 'bicubic',
    crop_pct: 0.95,
    crop_mode: 'center',
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
    classifier: 'head',
  },
};

/** deit_tiny_distilled_patch16_224, as configurations were before they had `pretrained_cfg`. */
const distilled = {
  input_size: [3, 224, 224],
  interpolation: 'bilinear',
  crop_pct: 1,
  crop_mode: 'squash',
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
  classifier: ['head', 'head_dist'],
};

test('when timm configures weights, then preprocessing and head are its transforms_imagenet_eval', () => {
  assert.deepEqual(preprocessingOf(clip, 'config.json'), {
    resize: 235,
    crop: 224,
    mean: [122.770938, 116.746013, 104.093736],
    std: [68.5005327, 66.6321579, 70.323163],
    channels: 'rgb',
    filter: 'bicubic',
    fit: 'crop',
  });
  assert.deepEqual(headsOf(clip), ['head']);
  assert.deepEqual(preprocessingOf(distilled, 'config.json', 384), {
    resize: 384,
    crop: 384,
    mean: [127.5, 127.5, 127.5],
    std: [127.5, 127.5, 127.5],
    channels: 'rgb',
    filter: 'bilinear',
    fit: 'squash',
  });
  assert.deepEqual(headsOf(distilled), ['head', 'head_dist']);
});

test('when a configuration is not timm’s, then it says nothing', () => {
  for (const config of [undefined, 3, [], {}, { model_type: 'vit', architectures: ['ViTModel'] }]) {
    assert.equal(preprocessingOf(config, 'config.json'), undefined);
    assert.deepEqual(headsOf(config), []);
  }
});

test('when a configuration asks for pixels that Bobbin cannot make, then the field is named', () => {
  const refusals: [object, RegExp][] = [
    [{ crop_pct: 1.15 }, /at most 1 for crop_pct in config\.json but received 1\.15$/],
    [{ input_size: [3, 1024, 768] }, /\[3, side, side\] for input_size in config\.json/],
    [{ input_size: [1, 28, 28] }, /input_size in config\.json but received \[1,28,28\]/],
    [{ mean: [0.5] }, /three numbers for mean in config\.json but received \[0\.5\]/],
    [{ std: [0, 1, 1] }, /for config\.json\.std but received 0$/],
    [{ interpolation: 'lanczos' }, /one of bilinear, bicubic for interpolation in config\.json/],
    [{ crop_mode: 'toString' }, /one of center, border, squash for crop_mode in config\.json/],
  ];
  for (const [fields, message] of refusals) {
    assert.throws(() => preprocessingOf({ ...distilled, ...fields }, 'config.json'), {
      name: 'InvalidInputError',
      message,
    });
  }
});
