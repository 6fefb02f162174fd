/** Features of images: computed once, kept by content, and learnt by heads. */
import assert from 'node:assert/strict';
import { copyFile, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import type { Manifest } from '../../src/dataset/index.js';
import { extractFeatures, type FeaturesRequest } from '../../src/features/index.js';
import { type Classifier, featuresOf, loadClassifier } from '../../src/model/index.js';
import { createLoader, evaluationAugmentation } from '../../src/pipeline/index.js';
import { classify } from '../../src/prediction/index.js';
import { adoptBatch, type tf } from '../../src/tensorflow/index.js';
import { FeatureSource } from '../../src/training/features/source.js';
import { type EpochRecord, type TrainOptions, train } from '../../src/training/index.js';
import { inputOf } from '../../src/training/run/source.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { smallClassifier } from '../support/small-classifier.js';

const folder = temporaryFolder();
const data = path.join(folder, 'data');
let manifest: Manifest;
let classifier: Classifier;
let files: string[];

before(async () => {
  manifest = await drawPhotos(data, { training: 6, validation: 2 });
  classifier = smallClassifier();
  files = manifest.samples.map((sample) => path.join(data, sample.path));
});

/** Extracts, and counts the views that were computed. */
async function extracted(request: Omit<FeaturesRequest, 'classifier'> & Partial<FeaturesRequest>) {
  let computed = 0;
  const onProgress = ({ done }: { done: number }) => {
    computed = done;
  };
  const features = await extractFeatures({ classifier, batchSize: 4, onProgress, ...request });
  return { ...features, computed };
}

/** The features of centre crops, image by image, by the model as it is. */
async function plainRows(paths: readonly string[]): Promise<number[][]> {
  using loader = createLoader({
    samples: paths.map((file) => ({ path: file, label: 0 })),
    preprocessing: classifier.preprocessing,
    augmentation: evaluationAugmentation,
    batchSize: 1,
  });
  const rows: number[][] = [];
  for await (const batch of loader.epoch(0)) {
    const pixels = adoptBatch(batch);
    const row = featuresOf(classifier).predict(pixels) as tf.Tensor;
    rows.push([...(await row.data())]);
    pixels.dispose();
    row.dispose();
  }
  return rows;
}

test('when features are extracted, then each row is what enters the head for the centre crop of its image', async () => {
  const { rows, columns, failures } = await extracted({ files, cache: false });
  assert.equal(columns, 8);
  assert.deepEqual(failures, []);
  const wanted = (await plainRows(files)).flat();
  assert.equal(rows.length, wanted.length);
  wanted.forEach((value, at) => {
    assert.ok(Math.abs(value - (rows[at] as number)) < 1e-5, `${at}: ${rows[at]} ≈ ${value}`);
  });
});

test('when images were seen before, also under other names, then only new ones are computed', async () => {
  const cache = path.join(folder, 'grown');
  const first = await extracted({ files: files.slice(0, 10), cache });
  assert.equal(first.computed, 10);
  const copy = path.join(folder, 'copy.jpg');
  await copyFile(files[3] as string, copy);
  const grown = await extracted({ files: [copy, ...files.slice(2)], cache });
  assert.equal(grown.computed, files.length - 10);
  const whole = await extracted({ files, cache });
  assert.equal(whole.computed, 0);
  assert.deepEqual(whole.rows.subarray(0, first.rows.length), first.rows);
  assert.deepEqual(grown.rows.subarray(0, 8), first.rows.subarray(24, 32));
  assert.deepEqual(grown.rows.subarray(8), whole.rows.subarray(16));
});

test('when a file of the cache is damaged, then its rows are computed anew and it is removed', async () => {
  const cache = path.join(folder, 'damaged');
  const first = await extracted({ files, cache });
  const [network] = (await readdir(cache)) as [string];
  const inside = path.join(cache, network);
  const [name] = (await readdir(inside)) as [string];
  const file = path.join(inside, name);
  const bytes = await readFile(file);
  const spoilt = Buffer.from(bytes);
  spoilt.writeUInt8(spoilt.readUInt8(bytes.length - 2) ^ 64, bytes.length - 2);
  const hostile: [string, Buffer][] = [
    ['a changed bit', spoilt],
    ['a part', bytes.subarray(0, 1000)],
    ['nothing', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(64 * 1000)],
  ];
  for (const [what, content] of hostile) {
    await writeFile(file, content);
    const again = await extracted({ files, cache });
    assert.equal(again.computed, files.length, what);
    assert.deepEqual(again.rows, first.rows, what);
    assert.deepEqual(await readdir(inside), [name], what);
    assert.ok((await readFile(file)).equals(bytes), what);
  }
  await rename(file, path.join(inside, `${'0'.repeat(64)}.rows`));
  assert.equal((await extracted({ files, cache })).computed, files.length);
  assert.equal((await extracted({ files, cache })).computed, 0);
});

test('when weights, the preprocessing or the seed change, then features are computed anew', async () => {
  const cache = path.join(folder, 'keyed');
  const augmentation = { noise: 4 };
  const views = { files, cache, augmentation, views: 2 };
  assert.equal((await extracted({ files, cache })).computed, files.length);
  // Another model of the same layers and weights, of other names.
  assert.equal((await extracted({ files, cache, classifier: smallClassifier() })).computed, 0);
  const { preprocessing } = classifier;
  const larger = { ...classifier, preprocessing: { ...preprocessing, resize: 40 } };
  assert.equal((await extracted({ files, cache, classifier: larger })).computed, files.length);
  const other = smallClassifier();
  const convolution = other.model.layers[0] as tf.layers.Layer;
  const [kernel, ...rest] = convolution.getWeights() as [tf.Tensor];
  convolution.setWeights([kernel.mul(1.01), ...rest]);
  assert.equal((await extracted({ files, cache, classifier: other })).computed, files.length);
  const drawn = await extracted(views);
  assert.equal(drawn.computed, 2 * files.length);
  assert.notDeepEqual(drawn.rows.subarray(0, 8), drawn.rows.subarray(8, 16));
  const kept = await extracted(views);
  assert.equal(kept.computed, 0);
  assert.deepEqual(kept.rows, drawn.rows);
  assert.deepEqual((await extracted({ ...views, cache: false, batchSize: 7 })).failures, []);
  assert.equal((await extracted({ ...views, seed: 1 })).computed, 2 * files.length);
  const third = await extracted({ ...views, views: 3 });
  assert.equal(third.computed, files.length);
  assert.deepEqual(third.rows.subarray(0, 16), drawn.rows.subarray(0, 16));
});

test('when an image cannot be read, then its rows are zero, it is reported each time and is not kept', async () => {
  const cache = path.join(folder, 'unreadable');
  const broken = path.join(folder, 'broken.jpg');
  await writeFile(broken, 'no image');
  const given = [files[0] as string, broken, path.join(folder, 'absent.jpg'), files[1] as string];
  for (const more of [{}, { augmentation: { flip: 0.5 }, views: 2 }]) {
    for (const round of [1, 2]) {
      const { rows, columns, views, failures } = await extracted({ files: given, cache, ...more });
      assert.deepEqual(
        failures.map(({ index, path: file }) => [index, file]),
        [1, 2].map((index) => [index, given[index]]),
        `round ${round}`,
      );
      assert.ok(failures.every(({ reason }) => reason.length > 5));
      assert.ok(rows.subarray(columns * views, 3 * columns * views).every((value) => value === 0));
      assert.ok(rows.subarray(3 * columns * views).some((value) => value !== 0));
    }
  }
});

test('when options exclude each other, then the error says which', async () => {
  await assert.rejects(extracted({ files, views: 2 }), /views 2 cannot be combined with no augm/);
  await assert.rejects(extracted({ files, augmentation: { mixup: 1 } }), /mixup/);
  await assert.rejects(extracted({ files, augmentation: { crop: 'ten' } }), /crop/);
  const stopped = AbortSignal.abort(new Error('enough'));
  await assert.rejects(extracted({ files, cache: false, signal: stopped }), /enough/);
});

/** The centre crop as it is. */
const still = { crop: 'center', flip: 0, brightness: 0, contrast: 0, saturation: 0 } as const;

function headRun(run: string, more: Partial<TrainOptions> = {}) {
  return train({
    ...{ manifest, task: 'colour', trainable: 'head', classifier: smallClassifier() },
    ...{ epochs: 4, batchSize: 18, learningRate: 0.05, featureViews: 1 },
    run: path.join(folder, run),
    featureCache: path.join(folder, 'heads'),
    ...more,
  });
}

const weightsOfRun = async (run: string): Promise<Buffer> => {
  const model = path.join(folder, run, 'model');
  const name = (await readdir(model)).find((each) => each.endsWith('.bin')) as string;
  return await readFile(path.join(model, name));
};

test('when a head learns features that were computed once, then each epoch has the losses of one through the network', async () => {
  const augmentation = still;
  const whole = await headRun('whole', { augmentation, featureViews: 0 });
  const once = await headRun('once', { augmentation });
  assert.equal(once.history.length, 4);
  for (const [epoch, { loss, validationLoss = 0, accuracy }] of once.history.entries()) {
    const same = whole.history[epoch] as EpochRecord;
    assert.ok(Math.abs(loss - same.loss) < 1e-4, `${loss} ≈ ${same.loss}`);
    assert.ok(Math.abs(validationLoss - (same.validationLoss as number)) < 1e-4);
    assert.equal(accuracy, same.accuracy);
  }
  assert.ok((once.history[3]?.loss as number) < (once.history[0]?.loss as number));
  const saved = await loadClassifier(path.join(folder, 'once'));
  const { probabilities } = await classify({ classifier: saved, files });
  const top = manifest.samples.map((_, image) => {
    const row = probabilities.subarray(3 * image, 3 * image + 3);
    return row.indexOf(Math.max(...row));
  });
  const held = manifest.samples.map(({ split }) => split === 'validation');
  const right = manifest.samples.filter(
    ({ label }, i) => held[i] === true && label === top[i],
  ).length;
  assert.equal(right / 6, once.history[3]?.validationAccuracy);
});

test('when epochs pass, then each takes the next view of the images that could be read, in an order of its own', async () => {
  const features = {
    rows: Float32Array.from({ length: 24 }, (_, row) => row),
    columns: 1,
    views: 3,
  };
  const samples = Array.from({ length: 8 }, (_, label) => ({ path: `${label}.jpg`, label }));
  const failures = [{ index: 5, path: '5.jpg', reason: 'it is empty' }];
  const source = new FeatureSource({
    features: { ...features, failures },
    samples,
    batchSize: 3,
    seed: 2,
  });
  const seen: string[] = [];
  for (const epoch of [0, 1, 2, 3]) {
    const labels: number[] = [];
    for await (const batch of source.epoch(epoch)) {
      const rows = inputOf(batch);
      const views = [...batch.labels].map((label) => 3 * label + (epoch % 3));
      assert.deepEqual([...rows.dataSync()], views);
      rows.dispose();
      labels.push(...batch.labels);
    }
    assert.deepEqual([...labels].sort(), [0, 1, 2, 3, 4, 6, 7]);
    seen.push(labels.join());
  }
  assert.equal(new Set(seen).size, 4);
  const { value } = await source.epoch(3, { start: 1 }).next();
  assert.equal(value.labels.join(), (seen[3] as string).slice(6, 11));
  source.close();
});

test('when such a run is stopped within an epoch and resumed, then its weights equal those of an uninterrupted one', async () => {
  const more = { batchSize: 4, featureViews: 3 };
  await headRun('uninterrupted', more);
  const stop = new AbortController();
  let steps = 0;
  const onProgress = () => {
    steps += 1;
    if (steps === 9) {
      stop.abort();
    }
  };
  const first = await headRun('stopped', { ...more, onProgress, signal: stop.signal });
  assert.equal(first.finished, false);
  const second = await headRun('stopped', { ...more, resume: true });
  assert.equal(second.finished, true);
  assert.ok((await weightsOfRun('stopped')).equals(await weightsOfRun('uninterrupted')));
});

test('when an option needs pixels in each epoch, then featureViews refuses it', async () => {
  const refused: [Partial<TrainOptions>, RegExp][] = [
    [
      { augmentation: { mixup: 0.2 } },
      /^mixup 0.2 cannot be combined with featureViews 1\. .*set mixup to 0$/,
    ],
    [{ stages: 2, startSize: 32 }, /^stages 2 cannot be combined/],
    [{ sampling: 'balanced' }, /^sampling balanced cannot be combined/],
    [{ trainable: 'all' }, /^featureViews 1 cannot be combined with trainable all/],
  ];
  for (const [options, message] of refused) {
    await assert.rejects(headRun('refused', options), { message });
  }
});
