/** The same images from single files, from parts of a shard, shared among workers, and balanced among classes. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  type ByteRange,
  type Manifest,
  prepare,
  resolveSample,
  resolveSamples,
  type Sample,
  SampleTable,
  type Split,
  samplesOf,
} from '../../src/dataset/index.js';
import { InvalidInputError } from '../../src/errors.js';
import {
  createLoader,
  type Loader,
  type LoaderOptions,
  type LoaderSample,
} from '../../src/pipeline/index.js';
import { temporaryFolder } from '../support/folders.js';
import {
  loaderFor,
  plainPixels,
  sharpPicture,
  takePixels,
  writePictures,
} from '../support/pictures.js';

const preprocessing = plainPixels(36, 32);

/** One row of a batch, wherever the batches begin and end. */
interface Row {
  index: number;
  label: number;
  pixels: ArrayLike<number>;
}

function rowsOf(
  t: TestContext,
  options: Partial<LoaderOptions> & Pick<LoaderOptions, 'samples'>,
): Promise<Row[]> {
  const shared = { preprocessing, batchSize: 3, seed: 4, shuffle: true, damaged: 'fail' } as const;
  return rowsIn(loaderFor(t, { ...shared, ...options }), 1);
}

async function rowsIn(loader: Loader, epoch: number, start = 0): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of loader.epoch(epoch, { start })) {
    const { indices, labels, count } = batch;
    const pixels = takePixels(batch);
    const size = pixels.length / count;
    for (let row = 0; row < count; row++) {
      const [index, label] = [indices[row] as number, labels[row] as number];
      rows.push({ index, label, pixels: pixels.slice(row * size, (row + 1) * size) });
    }
  }
  return rows;
}

/** Ten JPEGs and a PNG, which is decoded in JavaScript. */
async function singleFiles(folder: string): Promise<LoaderSample[]> {
  const jpegs = await writePictures(folder, { count: 10, width: 60, height: 50 });
  const png = path.join(folder, 'other.png');
  await sharpPicture(50, 60, 10).png().toFile(png);
  return [...jpegs, { path: png, label: 10 }];
}

/** The same images one after another in one file. */
function packed(samples: LoaderSample[], file: string): LoaderSample[] {
  const images = samples.map((sample) => readFileSync(sample.path));
  writeFileSync(file, Buffer.concat([Buffer.alloc(512, 1), ...images]));
  let offset = 512;
  return samples.map(({ label }, index) => {
    const { length } = images[index] as Buffer;
    offset += length;
    return { path: file, range: { offset: offset - length, length }, label };
  });
}

test('when images are parts of a shard then batches equal those of single files', async (t) => {
  const folder = temporaryFolder(t);
  const samples = await singleFiles(folder);
  const parts = packed(samples, path.join(folder, 'shard'));
  assert.deepEqual(await rowsOf(t, { samples: parts }), await rowsOf(t, { samples }));
});

test('when samples are a table then batches and failures equal those of an array of the same', async (t) => {
  const folder = temporaryFolder(t);
  const whole = await singleFiles(folder);
  mkdirSync(path.join(folder, 'root'));
  const parts = packed(whole, path.join(folder, 'root', 'shard'));
  const gone = { path: path.join(folder, 'root', 'gone.jpg'), label: 7 };
  const rest = { task: 't', maybe: [], hash: 'a'.repeat(64) };
  const samples = [...whole, gone, ...parts].map((sample, index): Sample => {
    const split = index % 3 === 0 ? 'validation' : 'train';
    // Relative but for one: outside of the root, in it, and absolute.
    const file = index === 0 ? sample.path : path.relative(path.join(folder, 'root'), sample.path);
    return { ...rest, ...sample, path: file, split };
  });
  const manifest: Manifest = {
    version: 1,
    root: path.join(folder, 'root'),
    seed: 1,
    tasks: [{ name: 't', classes: [] }],
    samples,
    questions: [],
  };
  const outcome = async (of: Manifest, split: Split) => {
    const chosen = resolveSamples(of, samplesOf(of, 't', split));
    const options = { samples: chosen, seed: 4, shuffle: true } as const;
    const rows = await rowsOf(t, { ...options, damaged: 'refill' });
    const loader = loaderFor(t, { ...options, preprocessing });
    for await (const batch of loader.epoch(0)) {
      batch.release();
    }
    return { rows, failures: loader.failures };
  };
  const table = { ...manifest, samples: SampleTable.from(samples) };
  for (const split of ['train', 'validation'] as const) {
    const wanted = await outcome(manifest, split);
    assert.equal(wanted.failures.length, split === 'train' ? 1 : 0);
    assert.deepEqual(await outcome(table, split), wanted);
  }
});

/** The training and validation samples of a prepared folder, sorted by content, for a loader. */
async function preparedSamples(source: string, out: string): Promise<LoaderSample[]> {
  const { manifest } = await prepare(source, { out });
  const byContent = [...manifest.samples].sort((a, b) => (a.hash < b.hash ? -1 : 1));
  return byContent.map((sample) => resolveSample(manifest, sample));
}

/** Writes each image of the samples to a file in a folder of its class. */
function unpack(samples: readonly LoaderSample[], folder: string): void {
  for (const [index, { path: file, range, label }] of samples.entries()) {
    const { offset, length } = range as ByteRange;
    const image = readFileSync(file).subarray(offset, offset + length);
    mkdirSync(path.join(folder, `${label}`), { recursive: true });
    writeFileSync(
      path.join(folder, `${label}`, `${index}.${image[0] === 0xff ? 'jpg' : 'png'}`),
      image,
    );
  }
}

for (const [what, fixture, count] of [
  ['shards made by Python', 'shards', 9],
  ['Parquet made by pyarrow', 'parquet', 8],
] as const) {
  test(`when the source is ${what} then batches equal those of class folders`, async (t) => {
    const folder = temporaryFolder(t);
    const source = path.join(folder, 'source');
    cpSync(path.join(import.meta.dirname, '../fixtures', fixture), source, { recursive: true });
    if (fixture === 'shards') {
      writeFileSync(path.join(source, 'classnames.txt'), 'hat\nshoe\n');
    }
    const packed = await preparedSamples(source, path.join(folder, 'a'));
    assert.equal(packed.length, count);
    unpack(packed, path.join(folder, 'photos'));
    const single = await preparedSamples(path.join(folder, 'photos'), path.join(folder, 'b'));
    const augmentation = { noise: 5, hue: 0.1, brightness: 0.4 };
    assert.deepEqual(
      await rowsOf(t, { samples: packed, augmentation }),
      await rowsOf(t, { samples: single, augmentation }),
    );
  });
}

test('when loaders share an epoch then together they read each sample once, like one loader', async (t) => {
  const samples = await singleFiles(temporaryFolder(t));
  const rows = await rowsOf(t, { samples });
  assert.deepEqual(rows.map(({ index }) => index).sort(), samples.map((_, index) => index).sort());
  for (const workerIndex of [0, 1, 2]) {
    assert.deepEqual(
      await rowsOf(t, { samples, workerIndex, workerCount: 3 }),
      rows.filter((_, position) => position % 3 === workerIndex),
    );
  }
});

test('when loaders share an epoch of a shard, then each reads the bytes of its own images alone', async (t) => {
  const folder = temporaryFolder(t);
  const jpegs = await writePictures(folder, { count: 10, width: 60, height: 50 });
  const samples = packed(jpegs, path.join(folder, 'shard')) as Required<LoaderSample>[];
  for (const workerIndex of [0, 1, 2]) {
    const share = { workerIndex, workerCount: 3, shuffle: true, seed: 4 };
    const loader = loaderFor(t, { samples, preprocessing, batchSize: 3, ...share });
    const rows = await rowsIn(loader, 1);
    const own = rows.map(({ index }) => samples[index]?.range.length as number);
    assert.equal(
      loader.statistics.readBytes,
      own.reduce((sum, length) => sum + length),
    );
  }
});

test('when a part cannot be read then the failure has its path and range', async (t) => {
  const folder = temporaryFolder(t);
  const [jpeg, ...rest] = packed(await singleFiles(folder), path.join(folder, 'shard'));
  const png = rest.at(-1) as LoaderSample;
  const { path: file, range } = jpeg as Required<LoaderSample>;
  const beyond = { offset: range.offset, length: 1e9 };
  const noImage = { offset: 0, length: 512 };
  const samples = [
    { ...png, label: 0 },
    { path: file, range: beyond, label: 1 },
    { path: file, range: noImage, label: 2 },
  ];
  const loader = loaderFor(t, { samples, preprocessing, damaged: 'mark' });
  for await (const batch of loader.epoch(0)) {
    assert.deepEqual([...batch.indices], [0, -1, -1]);
    batch.release();
  }
  const [tooLong, other] = loader.failures;
  assert.deepEqual([tooLong?.path, tooLong?.range], [file, beyond]);
  assert.match(tooLong?.reason ?? '', /1000000000 were expected from byte 512 on/);
  assert.deepEqual(other?.range, noImage);
  const fail = loaderFor(t, { samples, preprocessing, damaged: 'fail' });
  await assert.rejects(async () => {
    for await (const batch of fail.epoch(0)) {
      batch.release();
    }
  }, /shard at byte (512|0): /);
});

test('when a worker or a range is invalid then the error names it', (t) => {
  const sample = { path: '/none.tar', label: 0 };
  const refused = (options: Partial<LoaderOptions>, message: RegExp) =>
    assert.throws(
      () => loaderFor(t, { samples: [sample, sample], preprocessing, ...options }),
      (error: Error) => error instanceof InvalidInputError && message.test(error.message),
    );
  refused({ workerIndex: 1 }, /an integer below workerCount, 1, for workerIndex but received 1/);
  refused({ workerCount: 3 }, /at most one worker an image, 2, for workerCount but received 3/);
  const ranged = (offset: number, length: number) => ({
    samples: [{ ...sample, range: { offset, length } }],
  });
  refused(ranged(-1, 1), /range\.offset of \/none/);
  refused(ranged(0, 0), /range\.length of \/none/);
  refused(ranged(0, 1.5), /range\.length of \/none/);
});

/** 17 images of class 5, among them a PNG and a text file, four of class 2 and two of class 9. */
async function unevenFiles(folder: string): Promise<LoaderSample[]> {
  const files = await writePictures(folder, { count: 23, width: 60, height: 50 });
  const samples = files.map(({ path: file }, i) => ({
    path: file,
    label: i < 17 ? 5 : i < 21 ? 2 : 9,
  }));
  await sharpPicture(50, 60, 10)
    .png()
    .toFile(samples[3]?.path as string);
  writeFileSync(samples[16]?.path as string, 'not an image');
  return samples;
}

const tableOf = (samples: LoaderSample[]) =>
  SampleTable.from(
    samples.map(({ path: file, label }): Sample => {
      const of = { task: 'kind', split: 'train', hash: '0'.repeat(64) } as const;
      return { ...of, maybe: [], path: file, label };
    }),
  );

test('when sampling is balanced, then an epoch has as many images, and each class equally often', async (t) => {
  const samples = await unevenFiles(temporaryFolder(t));
  const options: LoaderOptions = {
    ...{ samples, preprocessing, batchSize: 4, seed: 3, shuffle: true, sampling: 'balanced' },
    augmentation: { crop: 'random-resized', noise: 5 },
  };
  const loader = loaderFor(t, { ...options, threads: 1 });
  assert.equal(loader.batchesPerEpoch, 6);
  const seen = new Set<number>();
  for (let epoch = 0; epoch < 12; epoch++) {
    const rows = await rowsIn(loader, epoch);
    assert.equal(rows.length, 23);
    const counts = [2, 5, 9].map((of) => rows.filter(({ label }) => label === of).length);
    assert.deepEqual(counts.sort(), [7, 8, 8], `epoch ${epoch}`);
    // Two or four images come 7 or 8 times: each time they are augmented anew.
    const rare = rows.filter(({ label }) => label !== 5);
    assert.equal(new Set(rare.map(({ pixels }) => String(pixels))).size, rare.length);
    for (const { index, label } of rows) {
      assert.equal(label, samples[index]?.label);
      seen.add(index);
    }
  }
  assert.equal(seen.size, 22, 'all but the damaged one');
  assert.deepEqual(
    Array.from(loader.failures, ({ path: file }) => file),
    [samples[16]?.path],
  );
  const whole = await rowsIn(loader, 2);
  const other = loaderFor(t, { ...options, samples: tableOf(samples), threads: 3 });
  assert.deepEqual(await rowsIn(other, 2), whole);
  assert.deepEqual(await rowsIn(other, 2, 4), whole.slice(16));
  const order = (rows: typeof whole) => rows.map(({ index }) => index);
  assert.notDeepEqual(order(await rowsIn(other, 3)), order(whole));
});

test('when balanced sampling has no shuffling, then both are named', () => {
  assert.throws(() => createLoader({ samples: [], preprocessing, sampling: 'balanced' }), {
    name: 'InvalidInputError',
    message: 'sampling balanced cannot be combined with shuffle false. Give `shuffle: true`',
  });
});
