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

/** As `ViTImageProcessor`, `CLIPImageProcessor` and `ConvNextImageProcessor` are saved. */
const processors = {
  vit: {
    do_resize: true,
    size: { height: 224, width: 224 },
    resample: 2,
    do_normalize: true,
    image_mean: [0.5, 0.5, 0.5],
    image_std: [0.5, 0.5, 0.5],
  },
  clip: {
    ...{ do_resize: true, size: { shortest_edge: 256 }, resample: 3 },
    ...{ do_center_crop: true, crop_size: { height: 224, width: 224 } },
    ...{ do_rescale: true, rescale_factor: 1 / 255, do_normalize: true },
    image_mean: [0.48145466, 0.4578275, 0.40821073],
    image_std: [0.26862954, 0.26130258, 0.27577711],
  },
  convnext: { size: { shortest_edge: 224 }, crop_pct: 0.875, resample: 3, do_normalize: false },
};

test('when transformers configure an image processor, then its pixels are the same', () => {
  assert.deepEqual(transformersPreprocessing(processors.vit, 'p.json'), {
    ...{ size: 224, cropShare: 1, fit: 'squash', filter: 'bilinear' },
    ...{ mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] },
  });
  assert.deepEqual(transformersPreprocessing(processors.clip, 'p.json'), {
    ...{ size: 224, cropShare: 224 / 256, filter: 'bicubic' },
    mean: [122.770938, 116.746013, 104.093736],
    std: [68.5005327, 66.6321579, 70.323163],
  });
  assert.deepEqual(transformersPreprocessing(processors.convnext, 'p.json'), {
    ...{ size: 224, cropShare: 0.875, filter: 'bicubic' },
    ...{ mean: [0, 0, 0], std: [255, 255, 255] },
  });
  for (const [fields, pattern] of [
    [{ resample: 1 }, /2 or 3 for resample in p\.json but received 1/],
    [{ size: { height: 224, width: 192 } }, /one side of a square for size in p\.json/],
    [{ image_mean: [0.5] }, /three numbers for image_mean in p\.json/],
  ] as const) {
    assert.throws(
      () => transformersPreprocessing({ ...processors.vit, ...fields }, 'p.json'),
      pattern,
    );
  }
});

test('when configurations of transformers.js lie around an ONNX file, then they say pixels and classes', async (t) => {
  const folder = temporaryFolder(t);
  const names = Array.from({ length: 10 }, (_, i) => [`${i}`, `class ${i}`]);
  await writeFiles(folder, {
    'preprocessor_config.json': JSON.stringify({ ...processors.vit, size: 32 }),
    'config.json': JSON.stringify({ model_type: 'x', id2label: Object.fromEntries(names) }),
  });
  const file = path.join(folder, 'onnx', 'model.onnx');
  await mkdir(path.dirname(file));
  await copyFile(path.join(import.meta.dirname, 'onnx', 'fixtures', 'kept.onnx'), file);
  const { record } = await importNetwork(file, { out: path.join(folder, 'net') });
  assert.deepEqual(
    record.labels,
    names.map(([, name]) => name),
  );
  assert.deepEqual(record.preprocessing, {
    ...{ resize: 32, crop: 32, mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] },
    ...{ channels: 'rgb', filter: 'bilinear', fit: 'squash' },
  });
  await writeFile(path.join(folder, 'preprocessor_config.json'), '{');
  await assert.rejects(
    importNetwork(file, { out: path.join(folder, 'net') }),
    /JSON for .*preprocessor_config\.json:1:2/,
  );
});
