/** A network that starts with what a run trained: of the same classes or of others, and what is refused. */
import assert from 'node:assert/strict';
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import {
  type Classifier,
  createModel,
  type ModelOptions,
  saveClassifier,
} from '../../src/model/index.js';
import { temporaryFolder } from '../support/folders.js';

const folder = temporaryFolder();
const run = path.join(folder, 'runs', 'hats');
const options = { classes: ['a', 'b'], trainable: 'all', seed: 2 } as const;
let trained: Classifier;

before(async () => {
  trained = await createModel({
    ...options,
    network: 'mobilenet-v2',
    pretrained: false,
    size: 64,
    seed: 1,
  });
  // Not the network's own colours.
  trained.preprocessing.mean = [1, 2, 3];
  await saveClassifier(trained, path.join(run, 'model'));
  await saveClassifier(trained, path.join(run, 'best'));
});

const valuesOf = ({ model }: Classifier) =>
  model.layers.map((layer) => layer.getWeights().map((weight) => [...weight.dataSync()]));

test('when classes are those of the run, then network, size, colours and all weights are', async () => {
  const places = [run, path.join(run, 'best'), path.dirname(run)];
  for (const pretrained of places) {
    const classifier = await createModel({ ...options, pretrained });
    const { network, preprocessing } = classifier;
    assert.deepEqual(
      { network, preprocessing },
      {
        network: 'mobilenet-v2',
        preprocessing: trained.preprocessing,
      },
    );
    assert.deepEqual(valuesOf(classifier), valuesOf(trained), pretrained);
    classifier.model.dispose();
  }
});

test('when classes are others, in number or order, then only the head is new', async () => {
  for (const classes of [
    ['a', 'b', 'c'],
    ['b', 'a'],
  ]) {
    const other = await createModel({ ...options, classes, pretrained: run, size: 32 });
    assert.equal(other.preprocessing.crop, 32);
    assert.deepEqual(other.model.outputs[0]?.shape, [null, classes.length]);
    const [values, before] = [valuesOf(other), valuesOf(trained)];
    const head = before.findIndex((weights) => weights.length === 2 && weights[1]?.length === 2);
    assert.deepEqual(values.slice(0, head), before.slice(0, head));
    assert.notDeepEqual(values[head], before[head], String(classes));
  }
});

test('when the run is of another network, is not there or is not one, then the error says the way out', async () => {
  await mkdir(path.join(folder, 'empty'));
  const own = path.join(folder, 'own', 'model');
  await saveClassifier({ ...trained, network: 'mine' }, own);
  await cp(run, path.join(folder, 'two', 'hats'), { recursive: true });
  await cp(run, path.join(folder, 'two', 'coats'), { recursive: true });
  const at = (name: string) => path.join(folder, name);
  const refusals: [Partial<ModelOptions>, RegExp][] = [
    [
      { pretrained: run, network: 'efficientnet-lite0' },
      /Expected mobilenet-v2, the network of \S+hats, for network but received "efficientnet-lite0"\. Leave out --model/,
    ],
    [
      { pretrained: at('none') },
      /Expected an existing run or weights file for pretrained but received "\S+none"$/,
    ],
    [
      { pretrained: at('empty') },
      /Expected a trained model for pretrained but received "\S+empty"\. It is empty/,
    ],
    [
      { pretrained: at('two') },
      /Missing one run for pretrained\. \S+two has several: choose \S+coats or \S+hats$/,
    ],
    [
      { pretrained: at('own') },
      /Expected a run of a network that Bobbin builds for pretrained but received "\S+own"\. Its network is mine: in a program, give/,
    ],
    [
      { pretrained: '' },
      /Expected the path of a run or a weights file, true or false for pretrained but received ""$/,
    ],
  ];
  for (const [given, message] of refusals) {
    await assert.rejects(createModel({ ...options, ...given }), (error: Error) => {
      assert.equal(error.name, 'InvalidInputError');
      assert.match(error.message, message);
      return true;
    });
  }
});

test('when an argument is missing, misspelt or of another kind, then it is named', async () => {
  const refusals: [object, RegExp][] = [
    [{ ...options, classes: undefined }, /^Missing at least two names for classes$/],
    [{ ...options, trainabel: 'all' }, /a key of createModel .* Did you mean trainable\?$/],
    [
      { ...options, classes: ['a'] },
      /^Expected at least two names for classes but received \["a"\]$/,
    ],
    [
      { ...options, trainable: undefined },
      /^Missing one of all, head, biases-and-norms for trainable$/,
    ],
    [{ ...options, seed: -1 }, /^Expected an integer of at least 0 for seed but received -1$/],
    [{ ...options, size: 102 }, /^Expected a multiple of 4 for size but received 102$/],
    [{ ...options, pretrained: 3 }, /true or false for pretrained but received 3$/],
  ];
  for (const [given, message] of refusals) {
    await assert.rejects(createModel(given as ModelOptions), {
      name: 'InvalidInputError',
      message,
    });
  }
});
