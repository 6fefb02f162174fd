/** `npm run bench -- FOLDER`: images a second of Bobbin's loader and of the naive way, sharp and a tensor, on the same JPEGs. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import Benchmark from 'benchmark';
import sharp from 'sharp';
import { type Augmentation, adoptBatch, createLoader, tf } from '../src/index.js';

const batchSize = 64;
const preprocessing = {
  resize: 256,
  crop: 224,
  mean: [127, 127, 127] as [number, number, number],
  std: [128, 128, 128] as [number, number, number],
  channels: 'rgb' as const,
};
const everything = { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, noise: 5 };

/** A contender prepares itself and returns what renders one batch into a tensor that it disposes. */
interface Trial {
  name: string;
  start(files: string[]): { batch(): Promise<tf.Tensor4D>; stop(): void };
}

const loaderTrial = (
  name: string,
  threads: number,
  augmentation: Partial<Augmentation>,
): Trial => ({
  name: `bobbin, ${name}, ${threads} thread${threads > 1 ? 's' : ''}`,
  start(files) {
    const samples = files.map((file) => ({ path: file, label: 0 }));
    const options = { samples, preprocessing, augmentation, threads, batchSize };
    const loader = createLoader({ ...options, shuffle: augmentation.crop !== 'center' });
    let epoch = 0;
    let batches = loader.epoch(epoch);
    return {
      async batch() {
        let { value, done } = await batches.next();
        // A short last batch would count as a whole one.
        if (done || value.count < batchSize) {
          value?.release();
          epoch += 1;
          batches = loader.epoch(epoch);
          ({ value, done } = await batches.next());
        }
        return adoptBatch(value);
      },
      stop: () => loader.close(),
    };
  },
});

const naiveTrial: Trial = {
  name: 'sharp + tf.tensor, centre crop',
  start(files) {
    let next = 0;
    const { resize, crop } = preprocessing;
    const one = async (file: string) => {
      const { data, info } = await sharp(file)
        .resize(resize, resize, { fit: 'outside', kernel: 'linear' })
        .raw()
        .toBuffer({ resolveWithObject: true });
      const left = Math.floor((info.width - crop) / 2);
      const top = Math.floor((info.height - crop) / 2);
      const window = { left, top, width: crop, height: crop };
      const raw = { width: info.width, height: info.height, channels: info.channels };
      const rgb = await sharp(data, { raw }).extract(window).raw().toBuffer();
      return tf.tidy(() =>
        tf.tensor3d(Int32Array.from(rgb), [crop, crop, 3], 'int32').toFloat().sub(127).div(128),
      );
    };
    return {
      async batch() {
        const images: tf.Tensor[] = [];
        for (let i = 0; i < batchSize; i++) {
          images.push(await one(files[next++ % files.length] as string));
        }
        const batch = tf.stack(images) as tf.Tensor4D;
        tf.dispose(images);
        return batch;
      },
      stop: () => undefined,
    };
  },
};

const trials: Trial[] = [
  naiveTrial,
  loaderTrial('centre crop', 1, { crop: 'center', flip: 0 }),
  loaderTrial('centre crop', 2, { crop: 'center', flip: 0 }),
  loaderTrial('random-resized crop', 1, {}),
  loaderTrial('random-resized crop', 2, {}),
  loaderTrial('everything on', 1, everything),
  loaderTrial('everything on', 2, everything),
];

/** The centre crops of both ways show the same pictures, or their times would not be worth comparing. */
async function checkAgreement(files: string[]): Promise<void> {
  const [naive, bobbin] = [naiveTrial.start(files), (trials[1] as Trial).start(files)];
  const [expected, actual] = [await naive.batch(), await bobbin.batch()];
  const difference = tf.tidy(() => expected.sub(actual).abs().mean().dataSync()[0] as number);
  tf.dispose([expected, actual]);
  bobbin.stop();
  if (difference > 0.03) throw new Error(`The two ways differ by ${difference} on average`);
  console.log(`centre crops agree: mean difference ${(difference * 128).toFixed(2)} of 255`);
}

function time(trial: Trial, files: string[]): Promise<void> {
  const contender = trial.start(files);
  return new Promise((resolve, reject) => {
    const run = async (deferred: { resolve(): void }) => {
      (await contender.batch()).dispose();
      deferred.resolve();
    };
    new Benchmark(trial.name, {
      defer: true,
      minSamples: 10,
      fn: (deferred: { resolve(): void }) => run(deferred).catch(reject),
      onError: (event: { target: { error: Error } }) => reject(event.target.error),
      onComplete(this: Benchmark) {
        contender.stop();
        const rate = (this.hz * batchSize).toFixed(0).padStart(6);
        console.log(`${rate} images/s  ±${this.stats.rme.toFixed(0)}%  ${trial.name}`);
        resolve();
      },
    }).run({ async: true });
  });
}

const folder = process.argv[2];
if (folder === undefined) {
  console.error('Expected a folder of JPEG files: npm run bench -- FOLDER');
  process.exit(1);
}
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.jpe?g$/i.test(name))
  .sort()
  .map((name) => path.resolve(folder, name));
if (files.length < batchSize) {
  console.error(`Expected at least ${batchSize} JPEG files in ${folder} but found ${files.length}`);
  process.exit(1);
}
await checkAgreement(files);
for (const trial of trials) await time(trial, files);
