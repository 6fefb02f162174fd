/** The preprocessing that weights bring along, and what happens where it is not the network's. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { createModel, type ModelOptions, saveClassifier } from '../../src/model/index.js';
import { safetensorsPieces } from '../../src/model/weights/write-safetensors.js';
import { temporaryFolder } from '../support/folders.js';
import { saveLayers, tinyLayers, trunkWeights, usualRecord } from './networks/imported.js';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const network = at('net');
const options = { network, classes: ['a', 'b'], trainable: 'all', seed: 3 } as const;
const preprocessingOf = async (given: Partial<ModelOptions>) => {
  using classifier = await createModel({ ...options, ...given });
  return classifier.preprocessing;
};

/** What the network has, in timm's units, but for the geometry. */
const config = {
  input_size: [3, 64, 64],
  interpolation: 'bilinear',
  crop_pct: 0.9,
  crop_mode: 'squash',
  mean: [120, 110, 100].map((level) => level / 255),
  std: [60, 57, 58].map((level) => level / 255),
};

const colours = {
  mean: usualRecord.preprocessing.mean,
  std: usualRecord.preprocessing.std,
  channels: 'rgb',
};

/** A folder with weights and their configuration, as a hub has them. */
async function saveWeights(name: string, beside: string): Promise<string> {
  await mkdir(at(name));
  const file = path.join(at(name), 'model.safetensors');
  await writeFile(file, Buffer.concat(safetensorsPieces(trunkWeights(tinyLayers()))));
  await writeFile(path.join(at(name), 'config.json'), beside);
  return file;
}

before(() => saveLayers(network, tinyLayers()));

test('when weights have a configuration beside them, then size, share, filter and fit are theirs', async () => {
  const pretrained = await saveWeights('timm', JSON.stringify({ pretrained_cfg: config }));
  assert.deepEqual(await preprocessingOf({ pretrained }), {
    ...colours,
    resize: 71,
    crop: 64,
    filter: 'bilinear',
    fit: 'squash',
  });
  assert.deepEqual(await preprocessingOf({ pretrained, size: 32, fit: 'crop' }), {
    ...colours,
    resize: 35,
    crop: 32,
    filter: 'bilinear',
    fit: 'crop',
  });
});

test('when weights were trained with other pixels than the network, then that is refused until one is chosen', async () => {
  const other = { ...config, mean: [0.5, 0.5, 0.5] };
  const pretrained = await saveWeights('other', JSON.stringify(other));
  await assert.rejects(preprocessingOf({ pretrained }), {
    name: 'InvalidInputError',
    message:
      /^Expected the preprocessing of tiny, mean 120, 110, 100, std 60, 57, 58, rgb, for the weights in \S+ but received "mean 127\.5, 127\.5, 127\.5, std 60, 57, 58, rgb"\. Choose --preprocessing weights/,
  });
  const { mean, fit } = await preprocessingOf({ pretrained, preprocessing: 'weights' });
  assert.deepEqual([mean, fit], [[127.5, 127.5, 127.5], 'squash']);
  assert.deepEqual(
    await preprocessingOf({ pretrained, preprocessing: 'network', size: 32 }),
    usualRecord.preprocessing,
  );
});

test('when a run was trained with other pixels than the network that is given, then that is refused', async () => {
  const trained = await createModel(options);
  trained.preprocessing.channels = 'bgr';
  await saveClassifier(trained, at('run/model'));
  await assert.rejects(
    preprocessingOf({ pretrained: at('run') }),
    /rgb, for .* but received .*bgr/,
  );
  const { channels } = await preprocessingOf({ network: undefined, pretrained: at('run') });
  assert.equal(channels, 'bgr');
});

test('when the configuration beside weights cannot be read, then it is named', async () => {
  const pretrained = await saveWeights('cut', '{"pretrained_cfg": {');
  await assert.rejects(
    preprocessingOf({ pretrained }),
    /JSON for \S+config\.json:1:\d+ .*Bobbin takes it for the configuration of the weights beside it$/,
  );
});
