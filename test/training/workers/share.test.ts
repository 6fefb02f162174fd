/** What several workers have of each batch, beside the batches of one process. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trainingLoader, validationLoader } from '../../../src/training/data.js';
import { FeatureSource } from '../../../src/training/features/source.js';
import { planOf, withAugmenter } from '../../../src/training/plan.js';
import type { BatchSource, StepBatch } from '../../../src/training/run/source.js';
import { loaderShare, type Place } from '../../../src/training/workers/share.js';
import { SharedSource } from '../../../src/training/workers/shared-source.js';
import { temporaryFolder } from '../../support/folders.js';
import { drawPhotos } from '../../support/photos.js';
import { smallClassifier } from '../../support/small-classifier.js';

/** A row as a step sees it: the image, its partner and their shares, and the pixels. */
interface Row {
  numbers: number[];
  pixels: string;
}

/** The rows of each batch of an epoch, from batch `start` on; none of an empty batch. */
async function batchesOf(source: BatchSource, epoch: number, start = 0): Promise<Row[][]> {
  const batches: Row[][] = [];
  for await (const batch of source.epoch(epoch, { start }) as AsyncIterable<StepBatch>) {
    batches.push('size' in batch ? [] : rowsOf(batch));
  }
  return batches;
}

function rowsOf(batch: Exclude<StepBatch, { size: number }>): Row[] {
  const { indices, labels, partners, partnerLabels, weights } = batch;
  const pixels = 'lease' in batch ? batch.pixels() : undefined;
  const values = (pixels?.length ?? 0) / batch.count;
  const rows = Array.from(indices, (index, i) => ({
    numbers: [index, labels[i], partners[i], partnerLabels[i], weights[i]] as number[],
    pixels: pixels
      ? Buffer.from(pixels.slice(i * values, (i + 1) * values).buffer).toString('base64')
      : '',
  }));
  if ('lease' in batch) {
    batch.release();
  }
  return rows;
}

/** One row of each worker in turn. */
const dealt = (shares: readonly Row[][]): Row[] =>
  Array.from({ length: Math.max(...shares.map(({ length }) => length)) }, (_, row) =>
    shares.flatMap((share) => share.slice(row, row + 1)),
  ).flat();

const together = (workers: readonly Row[][][]): Row[][] =>
  (workers[0] as Row[][]).map((_, batch) => dealt(workers.map((own) => own[batch] ?? [])));

const places = (count: number): Place[] =>
  Array.from({ length: count }, (_, index) => ({ index, count, synchronised: true }));

test('when workers share the batches of training and of validation, then together they have those of one process, to the pixel', async (t) => {
  const folder = temporaryFolder(t);
  const manifest = await drawPhotos(folder, { training: 7, validation: 2 });
  const { preprocessing } = smallClassifier();
  const augmentation = { mixup: 0.4, cutmix: 1, mixProbability: 0.7 };
  for (const [count, batchSize, extra] of [
    [2, 4, {}],
    [2, 10, { dtype: 'uint8' }],
    [3, 6, { sampling: 'balanced' }],
    // The last batch has one image, and the validation six.
    [4, 20, {}],
    [7, 7, {}],
    [1, 8, {}],
  ] as const) {
    const given = { manifest, task: 'colour', batchSize, augmentation, seed: 3, threads: 2 };
    const plan = withAugmenter(planOf({ ...given, ...extra }), 'cpu');
    const parts = { plan, manifest, preprocessing };
    const trained = async (place?: Place, start = 0) => {
      const loader = trainingLoader({ ...parts, place }, 1);
      const source = place === undefined ? loader : new SharedSource(loader, place, batchSize);
      const batches = await batchesOf(source, 2, start);
      source.close();
      return batches;
    };
    const validated = async (place?: Place) => {
      const loader = validationLoader({ ...parts, place });
      const batches = loader === undefined ? [] : await batchesOf(loader, 0);
      loader?.close();
      return batches;
    };
    const name = `${count} workers, batches of ${batchSize}`;
    const whole = await trained();
    const shares = await Promise.all(places(count).map((place) => trained(place)));
    assert.deepEqual(together(shares), whole, name);
    assert.ok(
      shares.every(({ length }) => length === whole.length),
      name,
    );
    const held = await Promise.all(places(count).map((place) => validated(place)));
    assert.deepEqual(together(held), await validated(), name);
    const rest = await trained({ index: 1 % count, count, synchronised: true }, 1);
    assert.deepEqual(rest, (shares[1 % count] as Row[][]).slice(1), name);
  }
});

test('when workers share batches of features, then together they have those of one process', async () => {
  const samples = Array.from({ length: 11 }, (_, i) => ({ path: `${i}`, label: i % 3 }));
  const features = {
    ...{ rows: new Float32Array(22), columns: 1, views: 2 },
    failures: [{ index: 4, path: '4', reason: 'damaged' }],
  };
  for (const seed of [5, undefined]) {
    for (const [count, batchSize] of [
      [2, 4],
      [3, 9],
      [5, 5],
    ] as const) {
      const batches = async (place?: Place) => {
        const parts = { features, samples, batchSize, seed, place };
        const source = new FeatureSource(parts as ConstructorParameters<typeof FeatureSource>[0]);
        const rows: Row[][] = [];
        let batch = 0;
        for (const each of await batchesOf(source, 1)) {
          const share = source.shareOf(batch++);
          const isEmpty = share !== undefined && share.rows <= share.index;
          rows.push(seed !== undefined && isEmpty ? [] : each);
        }
        source.close();
        return rows;
      };
      const shares = await Promise.all(places(count).map((place) => batches(place)));
      assert.deepEqual(together(shares), await batches(), `${count} ${batchSize} ${seed}`);
    }
  }
});

test('when there are fewer images than workers, then a worker that has one loads it', () => {
  const place = { index: 1, count: 4, synchronised: true };
  assert.deepEqual(loaderShare(place, 8, 2), { batchSize: 2, workerIndex: 1, workerCount: 2 });
});
