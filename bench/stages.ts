/** Times one batch of each load with the `benchmark` package, and shows the time of each stage. */
import Benchmark from 'benchmark';
import { type Augmentation, createLoader, type Loader } from '../src/index.js';
import { everything, preprocessing } from './job.js';

const batchSize = 64;
const trials: { name: string; augmentation: Partial<Augmentation> }[] = [
  { name: 'centre crop', augmentation: { crop: 'center', flip: 0 } },
  { name: 'random-resized crop', augmentation: {} },
  { name: 'colour', augmentation: { ...everything, noise: 0 } },
  { name: 'colour and noise', augmentation: everything },
];

/** Prints a line for each trial, on one thread: images a second and microseconds an image by stage. Times whole batches of `all`. */
export async function timeStages(all: string[]): Promise<void> {
  // A short last batch would take time without counting.
  const files = all.slice(0, all.length - (all.length % batchSize));
  if (files.length < all.length) {
    console.log(`the first ${files.length} of ${all.length} files`);
  }
  for (const { name, augmentation } of trials) {
    const loader = createLoader({
      samples: files.map((path) => ({ path, label: 0 })),
      preprocessing,
      augmentation,
      threads: 1,
      batchSize,
    });
    try {
      const { hz, rme } = await timeBatch(loader);
      const { images, readMs, decodeMs, renderMs } = loader.statistics;
      const stage = (milliseconds: number) => ((1000 * milliseconds) / images).toFixed(0);
      console.log(
        `${(hz * batchSize).toFixed(0).padStart(6)} images/s ±${rme.toFixed(0)}%  ${name}: ` +
          `read ${stage(readMs)} µs, decode ${stage(decodeMs)} µs, render ${stage(renderMs)} µs`,
      );
    } finally {
      loader.close();
    }
  }
}

function timeBatch(loader: Loader): Promise<{ hz: number; rme: number }> {
  let epoch = 0;
  let batches = loader.epoch(epoch);
  const wholeBatch = async () => {
    for (;;) {
      const { value, done } = await batches.next();
      value?.release();
      if (!done) {
        return;
      }
      epoch += 1;
      batches = loader.epoch(epoch);
    }
  };
  return new Promise((resolve, reject) => {
    new Benchmark('batch', {
      defer: true,
      minSamples: 10,
      fn: (deferred: { resolve(): void }) => wholeBatch().then(() => deferred.resolve(), reject),
      onError: (event: { target: { error: Error } }) => reject(event.target.error),
      onComplete(this: Benchmark) {
        resolve({ hz: this.hz, rme: this.stats.rme });
      },
    }).run({ async: true });
  });
}
