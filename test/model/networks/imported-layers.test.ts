/** Classifiers over the trunk of an imported layers model, against the model itself. */
import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import {
  type Classifier,
  createModel,
  loadClassifier,
  type ModelOptions,
  saveClassifier,
} from '../../../src/model/index.js';
import { tf } from '../../../src/tensorflow/index.js';
import { temporaryFolder } from '../../support/folders.js';
import { saveLayers, tinyLayers, usualRecord } from './imported.js';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);
const options = { classes: ['a', 'b', 'c'], trainable: 'all', seed: 3 } as const;
const original = tinyLayers();
const images = (side = 32) => tf.randomUniform([2, side, side, 3], -1, 1, 'float32', 7);

const featuresOf = ({ model }: Classifier, inputs: tf.Tensor) =>
  tf.tidy(() => {
    const outputs = model.getLayer('pool').output as tf.SymbolicTensor;
    const trunk = tf.model({ inputs: model.inputs, outputs });
    return (trunk.predict(inputs) as tf.Tensor).arraySync();
  });

const build = (given: Partial<ModelOptions>) => createModel({ ...options, ...given });

before(() => saveLayers(at('net'), original));

test('when a network is imported, then a classifier has its features, name, preprocessing and origin', async () => {
  const classifier = await build({ network: at('net') });
  const { network, preprocessing, imported } = classifier;
  const { name, source, sides } = usualRecord;
  assert.deepEqual(
    { network, preprocessing, imported },
    { network: name, preprocessing: usualRecord.preprocessing, imported: { source, sides } },
  );
  const outputs = original.getLayer('pool').output as tf.SymbolicTensor;
  const wanted = tf.model({ inputs: original.inputs, outputs }).predict(images()) as tf.Tensor;
  assert.deepEqual(featuresOf(classifier, images()), wanted.arraySync());
  assert.deepEqual(
    classifier.model.weights.map(({ originalName }) => originalName),
    [
      'logits_of_trunk/kernel',
      'logits_of_trunk/bias',
      'bn/gamma',
      'bn/beta',
      'logits/kernel',
      'logits/bias',
      'bn/moving_mean',
      'bn/moving_variance',
    ],
  );
});

test('when weights are random, then the seed alone decides them', async () => {
  const random = { network: at('net'), pretrained: false };
  const weights = async (seed: number) => {
    const { model } = await build({ ...random, seed });
    return model.getLayer('logits_of_trunk').getWeights()[0]?.dataSync();
  };
  assert.deepEqual(await weights(1), await weights(1));
  assert.notDeepEqual(await weights(1), await weights(2));
});

test('when a network takes other sides, then it is built for them with the same share of the photo', async () => {
  const classifier = await build({ network: at('net'), size: 48 });
  assert.deepEqual(classifier.preprocessing, {
    ...usualRecord.preprocessing,
    resize: 60,
    crop: 48,
  });
  assert.deepEqual((classifier.model.predict(images(48)) as tf.Tensor).shape, [2, 3]);
  await assert.rejects(build({ network: at('net'), size: 40 }), /a multiple of 16 for size/);
  await saveLayers(at('fixed'), original, { sides: { only: 32 } });
  await assert.rejects(
    build({ network: at('fixed'), size: 64 }),
    /Expected 32, the only side that tiny takes, for size but received 64\. Leave out --size/,
  );
});

test('when the folder is gone, then a saved classifier loads, and others begin with its weights', async (t) => {
  await saveLayers(at('moved'), original);
  const first = await build({ network: at('moved') });
  await saveClassifier(first, at('run/model'));
  await rename(at('moved'), at('away'));
  const loaded = await loadClassifier(at('run'));
  assert.deepEqual(loaded.imported, first.imported);
  const values = (classifier: Classifier) => featuresOf(classifier, images());
  assert.deepEqual(values(loaded), values(first));
  await t.test('of other classes and another size', async () => {
    const next = await build({ pretrained: at('run'), classes: ['x', 'y'], seed: 9 });
    assert.deepEqual(values(next), values(first));
    assert.deepEqual([next.network, next.imported], [first.network, first.imported]);
    const larger = await build({ pretrained: at('run'), size: 64 });
    assert.equal(larger.preprocessing.crop, 64);
  });
  await t.test('with the network given, if it is the same', async () => {
    const given = await build({ pretrained: at('run'), network: at('away') });
    assert.deepEqual(values(given), values(first));
    const source = { ...usualRecord.source, sha256: 'cd'.repeat(32) };
    await saveLayers(at('other'), original, { source });
    await assert.rejects(
      build({ pretrained: at('run'), network: at('other') }),
      /Expected tiny \(tiny\.keras, SHA-256 abab\S+\), the network of \S+run, for network but received .*cdcd.*Leave out --model/,
    );
  });
});
