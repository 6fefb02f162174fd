/** Recipes: their options, what completes them, and the original one against its description. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import type { Manifest } from '../../../src/dataset/index.js';
import { InvalidInputError } from '../../../src/errors.js';
import { meanReciprocalRank } from '../../../src/evaluation/index.js';
import { networkNamed } from '../../../src/model/networks/index.js';
import { evaluationAugmentation } from '../../../src/pipeline/index.js';
import { tf } from '../../../src/tensorflow/index.js';
import { train } from '../../../src/training/index.js';
import { resolveOptimizer, Updater } from '../../../src/training/optimizer/index.js';
import { checkedValues } from '../../../src/training/plan.js';
import { type GivenOptions, withRecipe } from '../../../src/training/recipes/complete.js';
import { recipes } from '../../../src/training/recipes/list.js';
import { learningRateAt } from '../../../src/training/schedule/options.js';
import { temporaryFolder } from '../../support/folders.js';
import { drawPhotos } from '../../support/photos.js';
import { smallClassifier } from '../../support/small-classifier.js';

const folder = temporaryFolder();
const at = (...parts: string[]) => path.join(folder, ...parts);
let manifest: Manifest;
before(async () => {
  manifest = await drawPhotos(at('data'));
});

/** What `train` computes with. */
async function valuesOf(recipe: string, own: GivenOptions = {}) {
  const given = await withRecipe<GivenOptions>({ ...own, recipe });
  const { values, augmentation } = checkedValues(given);
  return { model: given.model, values: resolveOptimizer(values), augmentation };
}

test('when a recipe is named, then its options fit each other', async () => {
  for (const name of Object.keys(recipes)) {
    const { values } = await valuesOf(name);
    assert.ok(values.epochs > values.freezeEpochs, name);
  }
  // What has no meaning with a given option is left out.
  const { values } = await valuesOf('quick', { trainable: 'head' });
  assert.equal(values.freezeEpochs, 0);
});

test('when the recipe is the original one, then the rate of every step is that of its description', async () => {
  const { values } = await valuesOf('original');
  const stepsPerEpoch = 3;
  // By hand: 0.001, × 0.75 after epochs 10, 20 and 30 of 40.
  const byEpoch = [0.001, 0.00075, 0.0005625, 0.000421875].flatMap((rate) =>
    new Array<number>(10).fill(rate),
  );
  const { epochs } = values;
  assert.equal(epochs, byEpoch.length);
  for (let step = 0; step < stepsPerEpoch * epochs; step++) {
    const wanted = byEpoch[Math.floor(step / stepsPerEpoch)] as number;
    const rate = learningRateAt(values, { step, stepsPerEpoch, epochs });
    assert.ok(Math.abs(rate - wanted) < 1e-15, `step ${step}: ${rate}`);
  }
});

test('when the recipe is the original one, then it trains, crops and mirrors as described, and does nothing else', async () => {
  const { model, values, augmentation } = await valuesOf('original');
  assert.deepEqual(model, { network: 'resnet50-v2', size: 224, filter: 'bilinear', fit: 'crop' });
  const { trainable, batchSize, optimizer, momentum, nesterov, labelSmoothing } = values;
  assert.deepEqual(
    { trainable, batchSize, optimizer, momentum, nesterov, labelSmoothing },
    {
      trainable: 'all',
      batchSize: 64,
      optimizer: 'sgd',
      momentum: 0.9,
      nesterov: false,
      labelSmoothing: 0,
    },
  );
  assert.deepEqual(
    [values.clipNorm, values.averageDecay, values.accumulate, values.freezeEpochs, values.stages],
    [0, 0, 1, 0, 1],
  );
  // Validation's centre crop has no random change; training differs from it by these two alone.
  const {
    area: _,
    ratio: __,
    ...changes
  } = { ...evaluationAugmentation, crop: 'random', flip: 0.5 };
  const { area: ___, ratio: ____, ...own } = augmentation;
  assert.deepEqual(own, changes);
});

test('when the recipe is the original one, then its pixels and its metric are those of its description', async () => {
  const { resize, crop } = networkNamed('resnet50-v2').preprocessing(224);
  assert.deepEqual({ resize, crop }, { resize: 256, crop: 224 });
  const probabilities = [
    [0.5, 0.3, 0.2],
    [0.1, 0.2, 0.7],
    [0.2, 0.5, 0.3],
  ];
  // By hand: the labels have the ranks 1, 2 and 3. The original prints this mean as mAP.
  const mean = meanReciprocalRank({ probabilities, labels: [0, 1, 0] });
  assert.ok(Math.abs(mean - (1 + 1 / 2 + 1 / 3) / 3) < 1e-12);
});

test('when the recipe is the original one, then all weights decay, also biases and normalisations', async () => {
  const { values } = await valuesOf('original');
  const kernel = tf.variable(tf.tensor2d([[2, -4]]));
  const bias = tf.variable(tf.tensor1d([8]));
  const variables = [kernel, bias].map((variable) => ({ name: variable.name, variable }));
  const updater = new Updater(variables, values);
  const zeros = Object.fromEntries([kernel, bias].map((each) => [each.name, tf.zerosLike(each)]));
  const rate = tf.scalar(0.001);
  updater.take(zeros, 1, rate);
  updater.take(zeros, 1, rate);
  // By hand, for w = 1: v₁ = 1e-4, w₁ = 1 − 1e-7; v₂ = 0.9e-4 + 1e-4 · w₁, w₂ = w₁ − 1e-3 · v₂.
  const factor = 1 - 1e-7 - 1e-3 * (0.9e-4 + 1e-4 * (1 - 1e-7));
  const moved = [...kernel.dataSync(), ...bias.dataSync()];
  for (const [index, start] of [2, -4, 8].entries()) {
    const ratio = (moved[index] as number) / start;
    // float32 has steps of 6e-8 here, and the movement is 2.9e-7.
    assert.ok(Math.abs(ratio - factor) < 7e-8 && ratio < 1, `${start}: ${ratio}, not ${factor}`);
  }
  updater.dispose();
  tf.dispose([kernel, bias, rate, zeros]);
});

test('when options are given beside a recipe, then they win, and config.json says what is from where', async () => {
  const file = at('own.json');
  await writeFile(
    file,
    '{ "epochs": 1, "momentum": 0.8, // of sgd\n "augmentation": { "hue": 0.1 } }',
  );
  const classifier = smallClassifier();
  const given = { recipe: file, optimizer: 'adamw', learningRate: 0, batchSize: 8 } as const;
  const run = at('run');
  const sources = { optimizer: 'flags' };
  const result = await train({ manifest, task: 'colour', run, classifier, ...given, sources });
  assert.equal(result.history.length, 1);
  const lines = (await readFile(path.join(run, 'config.json'), 'utf8')).split('\n');
  const [notes, json] = [lines.slice(0, 4), lines.slice(4)];
  assert.deepEqual(notes.sort(), [
    '// All other options have their defaults',
    '// From flags: optimizer',
    `// From recipe ${file}: epochs, augmentation.hue`,
    '// From the call: batchSize, learningRate',
  ]);
  const config = JSON.parse(json.join('\n'));
  assert.equal(config.augmentation.hue, 0.1);
  assert.equal(config.momentum, undefined);
  assert.equal(config.recipe, undefined, 'the file is complete');

  await writeFile(file, '{ "epochs": 9 }');
  const again = { manifest, task: 'colour', run, resume: true };
  const resumed = await train({ ...again, recipe: file });
  assert.equal(resumed.history.length, 1, 'a resumed run keeps its options');
  await assert.rejects(train({ ...again, recipe: 'quick' }), {
    message: new RegExp(`recipe was ${JSON.stringify(file)}, is "quick"`),
  });
  result.classifier.model.dispose();
  resumed.classifier.model.dispose();
});

test('when a recipe cannot be read, then one sentence names the file and the line, or what was meant', async () => {
  const file = at('faulty.json');
  const refusals: [string, RegExp][] = [
    ['{\n "epocs": 3 }', /a key in .*faulty\.json:2 but received "epocs"\. Did you mean epochs\?/],
    ['{\n\n "epochs": 0 }', /an integer from 1 to 10000 for epochs in .*faulty\.json:3/],
    ['{ "recipe": "quick" }', /the name of an option for a key in .*:1 but received "recipe"/],
  ];
  for (const [text, message] of refusals) {
    await writeFile(file, text);
    await assert.rejects(withRecipe({ recipe: file }), message);
  }
  const none = { name: 'InvalidInputError', message: /a file that can be read for recipe/ };
  await assert.rejects(withRecipe({ recipe: at('absent.json') }), none);
  const asked = { manifest, task: 'colour', run: at('no'), recipe: 'qick' };
  await assert.rejects(train(asked), (error) => {
    assert.ok(error instanceof InvalidInputError);
    assert.match(
      error.message,
      /one of original, quick, strong, or the path .* "qick"\. Did you mean quick\?/,
    );
    return true;
  });
});
