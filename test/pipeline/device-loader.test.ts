/** Compares batches on a device with the same batches in main memory, for both values of `augment`. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { InvalidInputError } from '../../src/errors.js';
import {
  type Augmentation,
  chooseAugment,
  createLoader,
  cudaStatus,
  type LoaderOptions,
  type LoaderSample,
  loaderOptions,
  type PixelType,
  type Preprocessing,
} from '../../src/pipeline/index.js';
import { pipelineAddon } from '../../src/pipeline/native-loader.js';
import { temporaryFolder } from '../support/folders.js';
import { difference, plainPixels, sharpPicture, writePictures } from '../support/pictures.js';
import { useReferenceDevice } from '../support/reference-device.js';

const types = loaderOptions.dtype.choices;
const mean: Preprocessing['mean'] = [100, 110, 120];
const std: Preprocessing['std'] = [50, 60, 70];
const preprocessing: Preprocessing = { ...plainPixels(36, 32), mean, std, channels: 'bgr' };
const augmentation: Partial<Augmentation> = {
  brightness: 0.4,
  contrast: 0.4,
  saturation: 0.4,
  hue: 0.1,
  noise: 5,
  verticalFlip: 0.5,
  grayscale: 0.2,
  blur: 0.3,
  erase: 0.3,
  mixup: 0.4,
  mixProbability: 0.5,
};

/** Twelve JPEGs, a PNG and a file that is not an image. */
async function pictures(t: TestContext): Promise<LoaderSample[]> {
  const folder = temporaryFolder(t);
  const samples = await writePictures(folder, { count: 14, width: 90, height: 70 });
  await sharpPicture(80, 60, 3)
    .png()
    .toFile(samples[3]?.path as string);
  writeFileSync(samples[8]?.path as string, 'no image');
  return samples;
}

type Changes = Partial<LoaderOptions<PixelType>>;

/** The pixels of an epoch and the indices of their images. */
async function epochOf(options: Pick<LoaderOptions<PixelType>, 'samples'> & Changes) {
  const loader = createLoader<PixelType>({
    preprocessing,
    augmentation,
    batchSize: 4,
    threads: 2,
    slots: 2,
    seed: 5,
    shuffle: true,
    damaged: 'mark',
    ...options,
  });
  const rows = [];
  const pixels: number[] = [];
  for await (const batch of loader.epoch(2)) {
    const { indices, partnerLabels, weights, shape } = batch;
    rows.push({ indices, partnerLabels, weights, shape });
    pixels.push(...batch.pixels());
    batch.release();
  }
  loader.close();
  const indices = rows.flatMap(({ indices }) => [...indices]);
  return { rows, indices, pixels, failures: loader.failures, statistics: loader.statistics };
}

/** The largest error of a stored value: the rounding of its type, and of float32. */
const roundings: Record<PixelType, number> = {
  float32: 2 ** -22,
  bfloat16: 2 ** -8,
  float16: 2 ** -11,
  uint8: 0,
};

/** The mean and largest difference before that: a device filters in floats, the CPU in words of 1/256 level. */
const [apartInMean, apart] = [0.004 / Math.min(...std), 0.08 / Math.min(...std)];

for (const dtype of types) {
  test(`when the CPU augments for a device, then ${dtype} batches there are its normalised levels`, async (t) => {
    useReferenceDevice(t);
    const samples = await pictures(t);
    const levels = await epochOf({ samples, dtype: 'uint8' });
    const there = await epochOf({ samples, dtype, memory: 'gpu' });
    assert.deepEqual(there.rows, levels.rows);
    assert.deepEqual(there.failures, levels.failures);
    const image = 3 * preprocessing.crop ** 2;
    for (const [i, level] of levels.pixels.entries()) {
      const marked = levels.indices[Math.floor(i / image)] === -1;
      const value = (level - (mean[i % 3] as number)) / (std[i % 3] as number);
      const wanted = dtype === 'uint8' ? level : marked ? 0 : value;
      const error = Math.abs((there.pixels[i] as number) - wanted);
      assert.ok(error <= roundings[dtype] * Math.abs(wanted), `${there.pixels[i]} for ${wanted}`);
    }
  });

  test(`when a device augments, then ${dtype} batches equal the CPU's within rounding`, async (t) => {
    useReferenceDevice(t);
    const samples = await pictures(t);
    const wanted = await epochOf({ samples, dtype });
    const there = await epochOf({ samples, dtype, augment: 'gpu' });
    assert.deepEqual(there.rows, wanted.rows);
    assert.deepEqual(there.failures, wanted.failures);
    // A small difference may change a value, or a value mixed into it, to the next value of its type.
    const next = 2 * roundings[dtype] * Math.max(...wanted.pixels.map(Math.abs));
    const { largest, mean } = difference(there.pixels, wanted.pixels);
    assert.ok(largest <= (dtype === 'uint8' ? 1 : apart + next), `${largest}`);
    assert.ok(mean <= (dtype === 'uint8' ? 0.004 : apartInMean), `${mean} in the mean`);
    const { deviceRendered, images } = there.statistics;
    assert.ok(deviceRendered > images / 2 && deviceRendered < images, 'all but what is blurred');
  });
}

test('when a loader has ten views an image, then a device has them in the same order', async (t) => {
  useReferenceDevice(t);
  const samples = await pictures(t);
  const options = { samples, augmentation: { crop: 'ten', noise: 3 } } as const;
  const wanted = await epochOf(options);
  const there = await epochOf({ ...options, augment: 'gpu' });
  assert.deepEqual(there.rows, wanted.rows);
  const { largest } = difference(there.pixels, wanted.pixels);
  assert.ok(largest <= apart, `${largest}`);
});

for (const [fit, renders] of [
  ['squash', true],
  ['pad', false],
] as const) {
  const renderer = renders ? 'the device' : 'the CPU';
  test(`when photos are to ${fit} by the bicubic filter, then ${renderer} renders them for a device`, async (t) => {
    useReferenceDevice(t);
    const options = {
      samples: await pictures(t),
      preprocessing: { ...preprocessing, fit, filter: 'bicubic' as const },
      // The whole photo: a random window may show no border.
      augmentation: { crop: 'center' as const, brightness: 0.4, contrast: 0.4 },
    };
    const wanted = await epochOf(options);
    const there = await epochOf({ ...options, augment: 'gpu' });
    assert.deepEqual(there.rows, wanted.rows);
    // The CPU's words have signs here: they are coarser by 16.
    const { largest } = difference(there.pixels, wanted.pixels);
    assert.ok(largest <= (renders ? 10 * apart : 0), `${largest}`);
    assert.equal(there.statistics.deviceRendered > 0, renders);
  });
}

test('when there is no CUDA device, then requesting one fails with the reason', (t) => {
  const { available, reason } = cudaStatus();
  if (available) {
    return t.skip('there is a CUDA device');
  }
  const options = { samples: [{ path: '/nowhere.jpg', label: 0 }], preprocessing };
  for (const [changes, what] of [
    [{ augment: 'gpu' }, 'augment gpu'],
    [{ memory: 'gpu' }, 'memory gpu'],
  ] as const) {
    assert.throws(
      () => createLoader({ ...options, ...changes }),
      new InvalidInputError(
        `Missing a CUDA device for ${what}. Found: ${reason}; \`npx bobbin doctor\` shows every part`,
      ),
    );
  }
});

test('when the GPU augments, then `memory: main` is refused', (t) => {
  useReferenceDevice(t);
  const options = { samples: [{ path: '/nowhere.jpg', label: 0 }], preprocessing };
  assert.throws(
    () => createLoader({ ...options, augment: 'gpu', memory: 'main' }),
    /`augment: gpu` cannot be combined with `memory: main`\. A GPU that augments/,
  );
});

test('when both can augment, then auto measures both', async (t) => {
  useReferenceDevice(t);
  const samples = await pictures(t);
  const files = samples.map(({ path }) => path);
  const choice = await chooseAugment({ files, threads: 2, preprocessing });
  assert.match(
    choice.reason,
    /^Augmenting on the [CG]PU: [1-9]\d* images\/s against [1-9]\d* images/,
  );
});

test('when the device fails during the measurement, then auto chooses the CPU and says why', async (t) => {
  const addon = pipelineAddon();
  const { cudaStatus: status } = addon;
  if (cudaStatus().available) {
    return t.skip('there is a CUDA device');
  }
  // Like a device that is lost after it was found.
  Object.assign(addon, { cudaStatus: () => ({ available: true }) });
  t.after(() => Object.assign(addon, { cudaStatus: status }));
  const files = (await pictures(t)).map(({ path }) => path);
  const choice = await chooseAugment({ files, threads: 2, preprocessing });
  assert.equal(choice.augment, 'cpu');
  assert.match(
    choice.reason,
    /^Augmenting on the CPU: the GPU failed: Expected a CUDA device for GPU 0 but received .+\.$/,
  );
});
