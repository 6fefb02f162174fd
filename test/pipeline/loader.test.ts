/** The loader: same bytes for any thread count, resuming, damage, memory. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { InvalidInputError } from '../../src/errors.js';
import { createLoader, type Loader, type LoaderOptions } from '../../src/pipeline/index.js';
import { pipelineAddon } from '../../src/pipeline/native-loader.js';
import { temporaryFolder } from '../support/folders.js';
import {
  everything,
  loaderFor,
  plainPixels,
  sharpPicture,
  writePictures,
} from '../support/pictures.js';

const preprocessing = plainPixels(40, 32);

/** 23 pictures, among them a PNG, a cut JPEG and a text file. */
async function mixedFiles(t: TestContext) {
  const folder = temporaryFolder(t);
  const samples = await writePictures(folder, { count: 23, width: 90, height: 70 });
  const file = (i: number) => (samples[i] as { path: string }).path;
  await sharpPicture(80, 60, 4).png().toFile(file(4));
  const whole = await sharpPicture(90, 70, 9).jpeg().toBuffer();
  writeFileSync(file(9), whole.subarray(0, whole.length / 2));
  writeFileSync(file(15), 'not an image');
  return samples;
}

interface Collected {
  bytes: Buffer;
  indices: number[];
  labels: number[];
}

async function collect(loader: Loader, epoch: number, start = 0): Promise<Collected> {
  const all: Collected = { bytes: Buffer.alloc(0), indices: [], labels: [] };
  for await (const batch of loader.epoch(epoch, { start })) {
    all.bytes = Buffer.concat([all.bytes, Buffer.from(batch.pixels().buffer)]);
    all.indices.push(...batch.indices);
    all.labels.push(...batch.labels);
    batch.release();
  }
  return all;
}

test('when 1, 2 and 8 threads render with everything on, then batches are the same', async (t) => {
  const samples = await mixedFiles(t);
  const options: LoaderOptions = {
    samples,
    preprocessing,
    augmentation: everything,
    batchSize: 4,
    seed: 12,
    shuffle: true,
  };
  const one = await collect(loaderFor(t, { ...options, threads: 1 }), 5);
  assert.equal(one.indices.length, 23);
  assert.deepEqual(one.labels, one.indices, 'labels follow their images');
  for (const threads of [2, 8]) {
    const other = await collect(loaderFor(t, { ...options, threads, slots: threads + 1 }), 5);
    assert.deepEqual(other.indices, one.indices);
    assert.ok(other.bytes.equals(one.bytes), `${threads} threads gave other pixels`);
  }
  const otherEpoch = await collect(loaderFor(t, options), 6);
  assert.notDeepEqual(otherEpoch.indices, one.indices);
  const otherSeed = await collect(loaderFor(t, { ...options, seed: 13 }), 5);
  assert.notDeepEqual(otherSeed.indices, one.indices);
});

test('when other epochs come first, then an epoch is the same as without them', async (t) => {
  const samples = await mixedFiles(t);
  const options: LoaderOptions = {
    samples,
    preprocessing,
    augmentation: everything,
    batchSize: 4,
    threads: 2,
    seed: 12,
    shuffle: true,
  };
  const loader = loaderFor(t, options);
  for (let epoch = 0; epoch < 4; epoch++) {
    assert.deepEqual(
      await collect(loader, epoch),
      await collect(loaderFor(t, options), epoch),
      `epoch ${epoch}`,
    );
  }
});

test('when an epoch starts at a later batch, then it continues exactly there', async (t) => {
  const samples = await mixedFiles(t);
  const loader = loaderFor(t, {
    samples,
    preprocessing,
    augmentation: everything,
    batchSize: 4,
    shuffle: true,
  });
  const whole = await collect(loader, 3);
  const rest = await collect(loader, 3, 4);
  assert.deepEqual(rest.indices, whole.indices.slice(16));
  assert.ok(rest.bytes.equals(whole.bytes.subarray(whole.bytes.length - rest.bytes.length)));
});

test('when a batch is larger than the data, then an epoch is one batch and takes no more memory', async (t) => {
  const folder = temporaryFolder(t);
  const samples = await writePictures(folder, { count: 3, width: 60, height: 50 });
  const loader = createLoader({ samples, preprocessing: plainPixels(240, 224), batchSize: 65536 });
  t.after(() => loader.close());
  assert.deepEqual([loader.batchSize, loader.batchesPerEpoch], [3, 1]);
  const { bytes, indices } = await collect(loader, 0);
  assert.deepEqual(indices, [0, 1, 2]);
  assert.equal(bytes.length, 3 * 224 * 224 * 3 * 4);
});

test('when files are damaged, then refill, mark and fail behave as documented', async (t) => {
  const samples = await mixedFiles(t);
  const file = (i: number) => (samples[i] as { path: string }).path;
  const options: LoaderOptions = { samples, preprocessing, batchSize: 23 };
  const named = [file(9), file(15)];

  const refill = loaderFor(t, { ...options, damaged: 'refill' });
  const refilled = await collect(refill, 0);
  assert.equal(refilled.indices.length, 23);
  assert.ok(refilled.indices.every((index) => index >= 0 && index !== 9 && index !== 15));
  assert.deepEqual(
    refill.failures.map((failure) => failure.path),
    named,
  );
  assert.match(refill.failures[0]?.reason ?? '', /data ends too early/);
  assert.match(refill.failures[1]?.reason ?? '', /is text, not an image/);

  const mark = loaderFor(t, { ...options, damaged: 'mark' });
  const marked = await collect(mark, 0);
  const wanted = samples.map((_, i) => (named.includes(file(i)) ? -1 : i));
  assert.deepEqual(marked.indices, wanted);
  assert.deepEqual(marked.labels, wanted);
  assert.deepEqual(mark.failures, refill.failures);

  const fail = loaderFor(t, { ...options, damaged: 'fail' });
  await assert.rejects(collect(fail, 0), /(9|15)\.jpg: /);

  const budget = loaderFor(t, { ...options, damaged: 'mark', failureBudget: 1 });
  await assert.rejects(collect(budget, 0), /2 damaged images exceed the failure budget of 1/);
});

test('when a file is missing, then its reason is the system’s', async (t) => {
  const folder = temporaryFolder(t);
  const samples = [{ path: path.join(folder, 'gone.jpg'), label: 0 }];
  const loader = loaderFor(t, { samples, preprocessing, damaged: 'mark' });
  assert.deepEqual((await collect(loader, 0)).indices, [-1]);
  assert.deepEqual(loader.failures, [
    { path: samples[0]?.path, reason: 'cannot read file: No such file or directory' },
  ]);
});

test('when a loop is left or an epoch replaced, then the loader is ready for the next epoch', async (t) => {
  const samples = await writePictures(temporaryFolder(t), { count: 20, width: 60, height: 60 });
  const loader = loaderFor(t, { samples, preprocessing, batchSize: 2, slots: 2 });
  for (let epoch = 0; epoch < 10; epoch++) {
    for await (const batch of loader.epoch(epoch)) {
      batch.release();
      if (epoch % 2 === 0) {
        break;
      }
    }
  }
  const old = loader.epoch(1);
  const held = [await old.next(), await old.next()];
  const pending = old.next();
  const current = collect(loader, 2);
  await assert.rejects(pending, /newer epoch/);
  for (const { value } of held) {
    value.release();
  }
  assert.equal((await current).indices.length, 20);
});

test('when the loader is closed, then waiting ends, and batches and results can still be read', async (t) => {
  const samples = await writePictures(temporaryFolder(t), { count: 8, width: 60, height: 60 });
  const loader = loaderFor(t, { samples, preprocessing, batchSize: 2, slots: 2 });
  const epoch = loader.epoch(0);
  const { value: batch } = await epoch.next();
  const before = batch.pixels();
  const second = await epoch.next();
  const third = epoch.next();
  loader.close();
  await assert.rejects(third, /closed/);
  assert.deepEqual(batch.pixels(), before);
  batch.release();
  second.value.release();
  assert.throws(() => batch.pixels(), /already released or adopted/);
  assert.throws(() => batch.release(), /already released or adopted/);
  assert.ok(loader.statistics.images >= 4);
});

test('when images are rendered for many epochs, then memory does not grow', async (t) => {
  const samples = await writePictures(temporaryFolder(t), { count: 40, width: 300, height: 200 });
  const loader = loaderFor(t, {
    samples,
    preprocessing: plainPixels(128, 112),
    augmentation: everything,
    batchSize: 8,
    shuffle: true,
  });
  const run = async (first: number, last: number) => {
    for (let epoch = first; epoch < last; epoch++) {
      for await (const batch of loader.epoch(epoch)) {
        batch.release();
      }
    }
    return process.memoryUsage().rss;
  };
  const warm = await run(0, 15);
  const later = await run(15, 60);
  // A leak of one batch an epoch would be 45 · 1.2 MB.
  assert.ok(later - warm < 12e6, `grew by ${((later - warm) / 1e6).toFixed(1)} MB`);
});

test('when an image that is not a JPEG has been decoded, then its memory is freed at once', async (t) => {
  const samples = await writePictures(temporaryFolder(t), { count: 1, width: 90, height: 70 });
  await sharpPicture(90, 70)
    .png()
    .toFile((samples[0] as { path: string }).path);
  const decoded: Uint8Array[] = [];
  const addon = pipelineAddon();
  const { Loader } = addon;
  class Watched extends Loader {
    override supply(ticket: number, rgb: Uint8Array, width: number, height: number) {
      assert.equal(rgb.byteLength, 90 * 70 * 3);
      decoded.push(rgb);
      super.supply(ticket, rgb, width, height);
    }
  }
  Object.assign(addon, { Loader: Watched });
  t.after(() => Object.assign(addon, { Loader }));
  const loader = loaderFor(t, { samples, preprocessing, batchSize: 1 });
  for await (const batch of loader.epoch(0)) {
    batch.release();
  }
  assert.deepEqual(
    decoded.map((rgb) => rgb.byteLength),
    [0],
  );
});

test('when recipes are requested for invalid sample numbers, then the error names them', async (t) => {
  const samples = await writePictures(temporaryFolder(t), { count: 2, width: 90, height: 70 });
  const loader = loaderFor(t, { samples, preprocessing });
  assert.equal(loader.recipesOf(1, { width: 90, height: 70 }).length, 1);
  const asked = (sample: number, of: { epoch?: number; width: number; height: number }) => () =>
    loader.recipesOf(sample, of);
  assert.throws(asked(2, { width: 90, height: 70 }), /for sample but received 2/);
  assert.throws(asked(0, { width: 0, height: 70 }), /for width but received 0/);
  assert.throws(asked(0, { width: 90, height: Number.NaN }), /for height but received NaN/);
  assert.throws(asked(0, { epoch: -1, width: 90, height: 70 }), /for epoch but received -1/);
  assert.throws(asked(0, { width: 1, height: 2 ** 31 - 1 }), /too long and narrow/);
});

test('when an option is out of its range, then the error has its name and range', () => {
  const samples = [{ path: '/nowhere.jpg', label: 0 }];
  const wrong: [Partial<LoaderOptions>, RegExp][] = [
    [{ batchSize: 0 }, /batchSize but received 0/],
    [{ threads: 1.5 }, /threads but received 1.5/],
    [{ samples: [] }, /at least one image for samples/],
    [{ samples: undefined as never }, /Missing an array of samples for samples/],
    [{ samples: ['/a.jpg' as never] }, /Missing a path for samples\[0\]\.path/],
    [{ samples: [{ path: '/a.jpg', label: 0.5 }] }, /an integer for the label of \/a\.jpg/],
    [{ samples: [{ path: '/a.jpg', label: Number.NaN }] }, /label of .* but received NaN/],
    [
      { preprocessing: undefined as never },
      /Missing the preprocessing of a model for preprocessing/,
    ],
    [{ damaged: 'skip' as never }, /one of refill, mark, fail for damaged/],
    [{ augmentation: { hue: 0.6 } }, /from 0 to 0.5 for hue/],
    [{ augmentation: { area: [0.5, 0.1] } }, /two ascending numbers .* for area/],
    [{ preprocessing: plainPixels(200, 224) }, /from 1 to 200 for preprocessing.crop/],
  ];
  for (const [options, message] of wrong) {
    assert.throws(
      () => createLoader({ samples, preprocessing, ...options }),
      (error) => error instanceof InvalidInputError && message.test(error.message),
    );
  }
});
