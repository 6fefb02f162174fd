/** What `train` is called with: refused where it cannot be meant, warned of where it probably is not. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { drawSamples } from '../../src/dataset/index.js';
import { evaluate } from '../../src/evaluation/index.js';
import { tf } from '../../src/tensorflow/index.js';
import { risingLoss } from '../../src/training/callbacks/warnings/rising-loss.js';
import {
  type BeginFacts,
  type EpochRecord,
  type TrainOptions,
  train,
} from '../../src/training/index.js';
import type { TrainProgress } from '../../src/training/run/progress.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { smallClassifier } from '../support/small-classifier.js';

const folder = temporaryFolder();
const manifest = await drawPhotos(path.join(folder, 'data'));
const run = path.join(folder, 'run');
const base = { manifest, task: 'colour', run, epochs: 1, warmUp: 0, seed: 1 };

test('when a name is unknown or a value is missing or of another kind, then it is named', async () => {
  const refusals: [object, string][] = [
    [{ ...base, typo: 5 }, 'Expected the name of an option for a key of train but received "typo"'],
    [{ ...base, epoch: 5 }, 'key of train but received "epoch". Did you mean epochs?'],
    [
      { ...base, model: { netwrok: 'mobilenet-v2' } },
      'a key of model but received "netwrok". Did you mean network?',
    ],
    [
      { ...base, manifest: undefined },
      'Missing a manifest, as prepare and loadManifest give it, for manifest',
    ],
    [
      { ...base, manifest: { manifest } },
      'Expected a manifest, as prepare and loadManifest give it, for manifest but received {',
    ],
    [{ ...base, task: undefined }, 'Missing the name of a task for task'],
    [{ ...base, task: 'shape' }, 'Expected one of colour for task but received "shape"'],
    [{ ...base, run: undefined }, 'Missing the path of a folder for run'],
    [{ ...base, resume: 'yes' }, 'Expected true or false for resume but received "yes"'],
    [{ ...base, model: { size: 102 } }, 'Expected a multiple of 4 for size but received 102'],
  ];
  for (const [options, message] of refusals) {
    await assert.rejects(train(options as TrainOptions), (error: Error) => {
      assert.equal(error.name, 'InvalidInputError');
      assert.ok(error.message.includes(message), error.message);
      return true;
    });
  }
});

/** The warnings of these codes from now on, until the end of the test. */
function listened(t: TestContext, codes: readonly string[]): string[] {
  const warnings: string[] = [];
  const listen = ({ code = '', message }: NodeJS.ErrnoException) => {
    if (codes.includes(code)) {
      warnings.push(message);
    }
  };
  process.on('warning', listen);
  t.after(() => process.off('warning', listen));
  return warnings;
}

/** The warnings of runs in new folders. */
async function warningsOf(t: TestContext, ...runs: Partial<TrainOptions>[]): Promise<string[]> {
  const warnings = listened(t, ['BOBBIN_TRAIN']);
  for (const options of runs) {
    const model = options.resume === true ? {} : { classifier: smallClassifier() };
    await train({ ...base, batchSize: 8, ...model, ...options });
  }
  return warnings;
}

test('when the learning rate is 0 and a batch exceeds the data, then a new run warns of each, once', async (t) => {
  const options = { learningRate: 0, batchSize: 64 };
  assert.deepEqual(await warningsOf(t, options, { ...options, resume: true }), [
    'An epoch of task colour is one step: a batch (64) exceeds its 24 images.',
    'The learning rate is 0: no step changes the weights of task colour.',
  ]);
});

test('when a run goes as it should, then nothing warns', async (t) => {
  const fast = { run: path.join(folder, 'fast'), epochs: 10, learningRate: 0.1, warmUp: 1 };
  const usual = { run: path.join(folder, 'usual'), epochs: 4, warmUp: 1 };
  assert.deepEqual(await warningsOf(t, fast, usual), []);
});

/** A classifier whose features are 0 for every image. */
function deadClassifier() {
  const classifier = smallClassifier();
  const [first] = classifier.model.layers as [tf.layers.Layer];
  first.setWeights(first.getWeights().map((weight) => tf.zerosLike(weight)));
  return classifier;
}

const turned = manifest.samples.map((sample) => ({
  ...sample,
  label: (sample.label + (sample.split === 'validation' ? 1 : 0)) % 3,
}));

const mistaken: [string, Partial<TrainOptions>, RegExp][] = [
  [
    'validation has other labels',
    { manifest: { ...manifest, samples: turned }, epochs: 5, learningRate: 0.1, warmUp: 1 },
    /^The training accuracy of task colour \(100\.0 %\) is far above its validation accuracy \(0\.0 %\), .*\.$/,
  ],
  [
    'the rate is ten times too high',
    { epochs: 4, learningRate: 10 },
    /^The training loss of task colour is \d\.\d+ after epoch \d, worse than the 1\.10 of a guess: .* \(10\) .*\.$/,
  ],
  [
    'the rate is far too low',
    { learningRate: 1e-9 },
    /^The head of task colour has not moved in the first epoch: a learning rate above 1e-9 may help\.$/,
  ],
  [
    'no feature tells the classes apart',
    { epochs: 3, classifier: deadClassifier(), trainable: 'head', weightDecay: 0.01 },
    /^The training loss of task colour has stayed at 1\.10 for two epochs, .* \(0\.02\)\.$/,
  ],
];
for (const [what, options, sentence] of mistaken) {
  test(`when ${what}, then a run warns of it, once`, async (t) => {
    const given = { epochs: 1, ...options, run: path.join(folder, what) };
    const longer = { ...given, classifier: undefined, epochs: given.epochs + 1, resume: true };
    const all = await warningsOf(t, given, longer);
    const warnings = all.filter((each) => !each.includes('the rest now follows the schedule'));
    assert.equal(warnings.length, 1, `${warnings}`);
    assert.match(warnings[0] as string, sentence);
  });
}

test('when the loss rises for three epochs of a phase, by a twentieth, then there is a warning', () => {
  const values = { freezeEpochs: 0, stages: 1, startSize: 0, startStrength: 1, trainable: 'all' };
  const sentence = (losses: number[], options: object = {}) => {
    const history = losses.map((loss, i) => ({ epoch: i + 1, loss }));
    const facts = {
      tasks: ['colour'],
      classifier: smallClassifier(),
      options: { ...values, epochs: 8, learningRate: 0.1, ...options },
    };
    return risingLoss(history as EpochRecord[], facts as unknown as BeginFacts);
  };
  const rising = [2, 1, 1.01, 1.05, 1.06];
  assert.equal(
    sentence(rising),
    'The training loss of task colour has risen for three epochs, from 1.00 to 1.06: a learning rate below 0.1 may help.',
  );
  assert.equal(sentence(rising.slice(0, 4)), undefined);
  assert.equal(sentence([2, 1, 1.01, 1.02, 1.04]), undefined);
  assert.equal(sentence([2, 1, 1.05, 1.04, 1.06]), undefined);
  assert.equal(sentence(rising, { stages: 2, startStrength: 0.5 }), undefined);
});

test('when a run is resumed with another network, then that is refused; what is not given follows the run', async () => {
  const other = path.join(folder, 'other');
  const model = { network: 'mobilenet-v2', pretrained: false, size: 32 } as const;
  const options = { ...base, run: other, batchSize: 8, trainable: 'head' } as const;
  await train({ ...options, model });
  const config = JSON.parse(await readFile(path.join(other, 'config.json'), 'utf8'));
  assert.deepEqual(config.model, model);
  await assert.rejects(
    train({ ...options, resume: true, model: { ...model, size: 64, pretrained: 'weights' } }),
    /\(model\.size was 32, is 64; model\.pretrained was false, is "\/.*weights"\)/,
  );
  const { wasFinished } = await train({ ...options, resume: true, model: { size: 32 } });
  assert.equal(wasFinished, true);
});

test('when a call is rejected, then the network that it made is freed, and a given classifier is not', async () => {
  const model = { network: 'mobilenet-v2', pretrained: false, size: 32 } as const;
  const stopped = { ...base, run: path.join(folder, 'stopped'), trainable: 'head' } as const;
  const fail = () => {
    throw new Error('enough');
  };
  const rejected = async (options: Partial<TrainOptions>) => {
    const before = tf.memory().numTensors;
    await assert.rejects(train({ ...stopped, ...options }));
    assert.equal(tf.memory().numTensors, before);
  };
  await rejected({ model, onProgress: fail });
  await rejected({ model, onEpoch: fail });
  await rejected({ model });
  await rejected({ resume: true, seed: 2 });
  const unfit = { ...model, pretrained: path.join(run, 'model/model.json') };
  await rejected({ run: path.join(folder, 'unbegun'), model: unfit });

  const given = smallClassifier();
  await rejected({ run: path.join(folder, 'given'), classifier: given, onProgress: fail });
  assert.ok(given.model.weights.every((weight) => !weight.read().isDisposed));
  given.model.dispose();
  await assert.rejects(
    train({ ...base, run: path.join(folder, 'freed'), classifier: given }),
    /^InvalidInputError: Missing the weights for classifier\. The classifier was freed: load it again$/,
  );
});

test('when images are limited, then a run trains on as many, drawn by the seed, and a resumed one on the same', async () => {
  const options = { ...base, limit: 5, batchSize: 2, run: path.join(folder, 'limited') };
  const labels = new Set<string>();
  const { history } = await train({
    ...options,
    classifier: smallClassifier(),
    onProgress: ({ phase, done, total }) => labels.add(`${phase} ${done}/${total}`),
  });
  assert.equal(history.length, 1);
  assert.ok(labels.has('train 5/5') && [...labels].every((each) => !each.startsWith('train 6')));
  await assert.rejects(train({ ...options, limit: 6, resume: true }), /limit was 5, is 6/);
  const { samples } = manifest;
  const drawn = (seed: number) => Array.from(drawSamples(samples, 5, seed), ({ hash }) => hash);
  assert.deepEqual(drawn(1), drawn(1));
  assert.notDeepEqual(drawn(1), drawn(2));
  assert.equal(drawSamples(samples, 1000, 1), samples);
});

test('when a run trains on all images, then none validates, and scores on them are warned of', async (t) => {
  const options = { ...base, trainOn: 'all', run: path.join(folder, 'all') } as const;
  const warnings = listened(t, ['BOBBIN_TRAIN', 'BOBBIN_EVALUATE']);
  const done = new Set<string>();
  const onProgress = ({ phase, total }: TrainProgress) => done.add(`${phase} ${total}`);
  const result = await train({ ...options, classifier: smallClassifier(), onProgress });
  using classifier = result.classifier;
  assert.deepEqual([...done], [`train ${manifest.samples.length}`]);
  assert.deepEqual([result.best, result.history[0]?.validationLoss], [undefined, undefined]);
  await evaluate({ classifier, manifest, task: 'colour' });
  assert.match(warnings[0] as string, /^The validation images of task colour are trained on, too/);
  assert.match(warnings[1] as string, /are not those of the classifier's training/);
  await assert.rejects(train({ ...options, trainOn: 'train', resume: true }), /trainOn was "all"/);
  for (const other of [{ fold: 1 }, { patience: 2 }, { bestBy: 'loss' }] as const) {
    await assert.rejects(train({ ...options, ...other }), / cannot be combined with trainOn all/);
  }
});
