/** Which preprocessing an import takes: the user's, the file's, that of configurations beside it, or ImageNet's usual one. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { importNetwork } from '../../src/import/index.js';
import { transformersPreprocessing } from '../../src/import/onnx/transformers.js';
import { completePreprocessing } from '../../src/import/preprocessing.js';
import { temporaryFolder, writeFiles } from '../support/folders.js';

const usual = {
  resize: 256,
  crop: 224,
  mean: [123.675, 116.28, 103.53],
  std: [58.395, 57.12, 57.375],
  channels: 'rgb',
  filter: 'bilinear',
  fit: 'crop',
};

test('when nothing is known, then it is ImageNet’s usual one, and a note says so', () => {
  const { preprocessing, notes } = completePreprocessing({}, {});
  assert.deepEqual(preprocessing, usual);
  assert.match(
    notes.join(),
    /^The file does not say the size, crop share, mean, .*fit of its images/,
  );
});

test('when user and file both say something, then the user’s counts, and nothing is noted that is known', () => {
  const file = { size: 299, mean: [1, 2, 3], std: [4, 5, 6], filter: 'bicubic' } as const;
  const { preprocessing, notes } = completePreprocessing(
    { size: 320, cropShare: 0.95, mean: undefined, channels: 'bgr', fit: 'squash' },
    { ...file, mean: [1, 2, 3], std: [4, 5, 6] },
  );
  assert.deepEqual(preprocessing, {
    ...{ resize: 336, crop: 320, mean: [1, 2, 3], std: [4, 5, 6] },
    ...{ channels: 'bgr', filter: 'bicubic', fit: 'squash' },
  });
  assert.deepEqual(notes, []);
});

const half = [0.5, 0.5, 0.5];
const normalized = { do_normalize: true, image_mean: half, image_std: half };
const ofHalf = { mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5], channels: 'rgb' };
const side = (pixels: number) => ({ height: pixels, width: pixels });
const vit = { do_resize: true, size: side(224), resample: 2, ...normalized };

/** As transformers' image processors are saved, and what their sources do with photos. */
const processors: [type: string, config: Record<string, unknown>, expected: object][] = [
  [
    'ViTImageProcessor',
    vit,
    { size: 224, cropShare: 1, fit: 'squash', filter: 'bilinear', ...ofHalf },
  ],
  [
    'CLIPImageProcessor',
    {
      ...{ do_resize: true, size: { shortest_edge: 256 }, resample: 3 },
      ...{ do_center_crop: true, crop_size: side(224) },
      ...{ do_rescale: true, rescale_factor: 1 / 255, do_normalize: true },
      image_mean: [0.48145466, 0.4578275, 0.40821073],
      image_std: [0.26862954, 0.26130258, 0.27577711],
    },
    {
      ...{ size: 224, cropShare: 224 / 256, fit: 'crop', filter: 'bicubic', channels: 'rgb' },
      mean: [122.770938, 116.746013, 104.093736],
      std: [68.5005327, 66.6321579, 70.323163],
    },
  ],
  [
    'DeiTImageProcessor',
    { ...vit, size: side(256), do_center_crop: true, crop_size: side(224) },
    { size: 224, cropShare: 224 / 256, fit: 'squash', filter: 'bilinear', ...ofHalf },
  ],
  [
    'ConvNextImageProcessor',
    { ...normalized, size: { shortest_edge: 224 }, crop_pct: 0.9, resample: 3 },
    { size: 224, cropShare: 224 / 248, fit: 'crop', filter: 'bicubic', ...ofHalf },
  ],
  [
    'ConvNextFeatureExtractor',
    { size: 384, crop_pct: 0.875, resample: 3, do_normalize: false },
    {
      ...{ size: 384, cropShare: 1, fit: 'squash', filter: 'bicubic' },
      ...{ mean: [0, 0, 0], std: [255, 255, 255], channels: 'rgb' },
    },
  ],
  [
    'PoolFormerImageProcessor',
    {
      ...{ ...normalized, size: { shortest_edge: 224 }, crop_pct: 0.9, resample: 3 },
      ...{ do_center_crop: true, crop_size: side(224) },
    },
    { size: 224, cropShare: 224 / 248, fit: 'crop', filter: 'bicubic', ...ofHalf },
  ],
  [
    'LevitFeatureExtractor',
    { ...normalized, size: 224, do_center_crop: true, crop_size: 224, resample: 3 },
    { size: 224, cropShare: 224 / 256, fit: 'crop', filter: 'bicubic', ...ofHalf },
  ],
  [
    'MobileViTFeatureExtractor',
    {
      ...{ size: 288, do_center_crop: true, crop_size: 256, resample: 2 },
      do_flip_channel_order: true,
    },
    {
      ...{ size: 256, cropShare: 256 / 288, fit: 'crop', filter: 'bilinear' },
      ...{ mean: [0, 0, 0], std: [255, 255, 255], channels: 'bgr' },
    },
  ],
  [
    'EfficientNetImageProcessor',
    {
      ...{ ...vit, include_top: true, rescale_factor: 1 / 127.5, rescale_offset: true },
      image_std: [0.5, 0.4, 0.2],
    },
    {
      ...{ size: 224, cropShare: 1, fit: 'squash', filter: 'bilinear', channels: 'rgb' },
      ...{ mean: [191.25, 191.25, 191.25], std: [31.875, 20.4, 5.1] },
    },
  ],
];

for (const [type, config, pixels] of processors) {
  test(`when transformers configure a ${type}, then its pixels are the same`, () => {
    const key = type.endsWith('Extractor') ? 'feature_extractor_type' : 'image_processor_type';
    assert.deepEqual(transformersPreprocessing({ [key]: type, ...config }, 'p.json'), pixels);
  });
}

test('when transformers configure pixels that Bobbin cannot make, then the error names the options that override them', () => {
  const geometry = { size: 64, cropShare: 1, fit: 'crop' } as const;
  const refusals = [
    [
      { resample: 1 },
      { filter: 'bicubic' },
      /2 or 3 for resample in p\.json but received 1.*--filter/,
    ],
    [
      { size: { height: 224, width: 192 } },
      geometry,
      /a square for size in p\.json.*--size, --crop/,
    ],
    [{ size: { shortest_edge: 9, longest_edge: 99 } }, geometry, /a square for size in p\.json/],
    [
      { do_center_crop: true, crop_size: 256 },
      geometry,
      /at most 224, .* for crop_size in p\.json/,
    ],
    [{ do_pad: true }, geometry, /no such step for do_pad in p\.json but received true.*--size/],
    [{ size_divisor: 32 }, geometry, /no such step for size_divisor in p\.json/],
  ] as const;
  for (const [fields, given, pattern] of refusals) {
    const config = { ...vit, ...fields };
    assert.throws(() => transformersPreprocessing(config, 'p.json'), pattern);
    assert.doesNotThrow(() => transformersPreprocessing(config, 'p.json', given));
  }
  assert.throws(
    () => transformersPreprocessing({ ...vit, image_mean: [0.5] }, 'p.json'),
    /three numbers for image_mean in p\.json/,
  );
});

test('when configurations of transformers.js lie around an ONNX file, then they say pixels and classes', async (t) => {
  const folder = temporaryFolder(t);
  const names = Array.from({ length: 10 }, (_, i) => [`${i}`, `class ${i}`]);
  await writeFiles(folder, {
    'preprocessor_config.json': JSON.stringify({ ...vit, size: 32, resample: 0 }),
    'config.json': JSON.stringify({ model_type: 'x', id2label: Object.fromEntries(names) }),
  });
  const file = path.join(folder, 'onnx', 'model.onnx');
  await mkdir(path.dirname(file));
  await copyFile(path.join(import.meta.dirname, 'onnx', 'fixtures', 'kept.onnx'), file);
  const { record } = await importNetwork(file, {
    out: path.join(folder, 'net'),
    preprocessing: { filter: 'bicubic' },
  });
  assert.deepEqual(
    record.labels,
    names.map(([, name]) => name),
  );
  assert.deepEqual(record.preprocessing, {
    ...{ resize: 32, crop: 32, mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] },
    ...{ channels: 'rgb', filter: 'bicubic', fit: 'squash' },
  });
  assert.deepEqual(
    record.notes.filter((note) => note.includes('does not say')),
    [],
  );
  await writeFile(path.join(folder, 'preprocessor_config.json'), '{');
  await assert.rejects(
    importNetwork(file, { out: path.join(folder, 'net') }),
    /JSON for .*preprocessor_config\.json:1:2/,
  );
});
