/**
 * Files that Bobbin wrote with one byte changed: reading one is an error that names it, its content is the same, or, of a
 * manifest, which people may edit, a warning says that it changed. CI changes a few dozen bytes; `BOBBIN_FAULTS=all` changes
 * thousands.
 */
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import {
  loadManifest,
  type Manifest,
  manifestFile,
  saveManifest,
} from '../../src/dataset/index.js';
import { sha256 } from '../../src/disk/sha256.js';
import { type Classifier, loadClassifier, saveClassifier } from '../../src/model/index.js';
import { loadPrediction, savePrediction } from '../../src/prediction/index.js';
import { tf } from '../../src/tensorflow/index.js';
import { loadCheckpoint, saveCheckpoint } from '../../src/training/checkpoint/checkpoint.js';
import { loadSoftTargets, saveSoftTargets } from '../../src/training/index.js';
import { noTotals } from '../../src/training/run/progress.js';
import { temporaryFolder } from '../support/folders.js';

const changes = process.env.BOBBIN_FAULTS === 'all' ? 2000 : 30;
const folder = temporaryFolder();
const run = path.join(folder, 'run');
const model = path.join(run, 'model');
const predictionFile = path.join(run, 'validation.json');
const softTargetsFile = path.join(run, 'soft-targets.json');
const data = path.join(folder, 'data');

before(async () => {
  const classifier = smallClassifier();
  await saveClassifier(classifier, model);
  await saveCheckpoint(run, {
    classifier,
    slots: [
      {
        kind: 'momentum',
        name: 'a',
        shape: [4, 2],
        values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
      },
    ],
    position: { epoch: 1, batch: 2, totals: noTotals(), history: [] },
    settings: { seed: 1, augmentation: { flip: 0.5 } },
  });
  await savePrediction(
    {
      files: ['/photos/a.jpg', '/photos/b.jpg'],
      classes: ['shirt', 'skirt'],
      probabilities: Float32Array.of(0.25, 0.75, 0.1, 0.9),
      failures: [{ index: 1, path: '/photos/b.jpg', reason: 'damaged' }],
      origin: '0123',
    },
    predictionFile,
  );
  await saveSoftTargets(
    {
      held: { fold: 1, trainOn: 'train' },
      teachers: ['run/kind'],
      images: [sha256('a.jpg'), sha256('q.jpg')],
      tasks: [
        {
          task: 'kind',
          classes: ['shirt', 'skirt'],
          probabilities: Float32Array.of(0.25, 0.75, 0, 0),
        },
      ],
      questions: [{ path: 'rank/q.jpg', hash: sha256('q.jpg') }],
    },
    softTargetsFile,
  );
  const { root } = path.parse(folder);
  await saveManifest({ version: 1, root, seed: 1, tasks, samples, questions: [question] }, data);
});

const tasks: Manifest['tasks'] = [{ name: 'kind', classes: ['shirt', 'skirt'] }];
const question = { path: 'q.jpg', task: 'kind', file: 'rank/q.jpg' };
const samples = ['a.jpg', 'b.jpg'].map((name, label) => ({
  path: name,
  task: 'kind',
  label,
  maybe: [],
  split: 'train' as const,
  hash: sha256(name),
  size: 1000,
  modified: 1_700_000_000_000,
}));

/** The files that the process has warned of. */
const warned = new Set<string>();
process.on('warning', ({ message }) => warned.add(message));

async function manifestContent(): Promise<object> {
  const { samples: table, ...rest } = await loadManifest(data);
  return { ...rest, samples: [...table] };
}

/** A network as saved by `train`, but small enough to be loaded thousands of times. */
function smallClassifier(): Classifier {
  const input = tf.input({ shape: [32, 32, 3], name: 'images' });
  const convolution = tf.layers.conv2d({ filters: 2, kernelSize: 3, strides: 8, name: 'conv' });
  const logits = tf.layers.dense({ units: 2, name: 'logits' });
  const features = tf.layers.flatten().apply(convolution.apply(input));
  const output = tf.layers.softmax({ name: 'probabilities' }).apply(logits.apply(features));
  return {
    model: tf.model({ inputs: input, outputs: output as tf.SymbolicTensor, name: 'small' }),
    network: 'small',
    classes: ['shirt', 'skirt'],
    preprocessing: { resize: 36, crop: 32, mean: [1, 2, 3], std: [4, 5, 6], channels: 'rgb' },
  };
}

/** A classifier's record and its answer about one image. */
function answerOf({ model, ...record }: Classifier): object {
  const answer = tf.tidy(() =>
    (
      model.predict(tf.linspace(-1, 1, 32 * 32 * 3).reshape([1, 32, 32, 3])) as tf.Tensor
    ).arraySync(),
  );
  model.dispose();
  return { ...record, answer };
}

async function checkpointContent(): Promise<object> {
  const { classifier, ...rest } = (await loadCheckpoint(run)) as NonNullable<
    Awaited<ReturnType<typeof loadCheckpoint>>
  >;
  return { ...rest, ...answerOf(classifier) };
}

async function softTargets(): Promise<object> {
  const { digest: _, ...content } = await loadSoftTargets(softTargetsFile);
  return content;
}

const kinds: [string, read: () => Promise<object>, files: () => Promise<string[]>][] = [
  ['a model', async () => answerOf(await loadClassifier(model)), () => filesIn(model)],
  ['a checkpoint', checkpointContent, checkpointFiles],
  ['soft targets', softTargets, async () => [softTargetsFile]],
  ['a manifest', manifestContent, async () => [manifestFile(data)]],
  ['a prediction', () => loadPrediction(predictionFile), async () => [predictionFile]],
];

const filesIn = async (place: string) =>
  (await readdir(place)).map((name) => path.join(place, name));

async function checkpointFiles(): Promise<string[]> {
  const [name] = await readdir(path.join(run, 'checkpoint'));
  return filesIn(path.join(run, 'checkpoint', name as string));
}

/** Numbers from 0 to 1 that look random, the same each time. */
function* numbers(): Generator<number, never> {
  for (let state = 1; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

for (const [kind, read, filesOf] of kinds) {
  test(`when a byte of ${kind} changes, then it is told with the file, or the content is the same`, async () => {
    const whole = await read();
    const random = numbers();
    const below = (limit: number) => Math.floor(random.next().value * limit);
    const files = await filesOf();
    for (let change = 0; change < changes; change++) {
      const file = files[change % files.length] as string;
      const bytes = await readFile(file);
      const changed = Buffer.from(bytes);
      const at = below(bytes.length);
      changed[at] = (changed[at] as number) ^ (1 + below(255));
      await writeFile(file, changed);
      const started = process.cpuUsage();
      const result = await read().catch((error: Error) => error);
      const { user, system } = process.cpuUsage(started);
      await setImmediate();
      const isTold = [...warned].some((message) => message.includes(file));
      warned.clear();
      await writeFile(file, bytes);

      const what = `byte ${at} of ${path.basename(file)} as ${changed[at]}`;
      assert.ok(user + system < 1e6, `${what} took ${(user + system) / 1e6} s`);
      if (result instanceof Error) {
        assert.equal(result.name, 'InvalidInputError', `${what}: ${result.stack}`);
        assert.ok(result.message.includes(file), `${what}: ${result.message}`);
        assert.match(
          result.message,
          /\. (Remove |Run `npx bobbin prepare` again|Save the model again)/,
          what,
        );
      } else if (!isTold) {
        assert.deepEqual(result, whole, what);
      }
    }
    assert.deepEqual(await read(), whole);
  });
}
