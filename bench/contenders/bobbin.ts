/** Bobbin's loader through the public API: from JPEG files to batches as tensors. For batches on a GPU, the argument after the job is `augment`. */
import { readFileSync } from 'node:fs';
import {
  adoptBatch,
  type Batch,
  createLoader,
  evaluationAugmentation,
  type LoaderOptions,
} from '../../src/index.js';
import { everything, preprocessing, readJob, timeBatches } from '../job.js';

const job = readJob();
const augment = process.argv[3] as LoaderOptions['augment'];
const onGpu = augment !== undefined;
const window = job.whole ? evaluationAugmentation : {};
const loader = createLoader({
  samples: job.files.map((path) => ({ path, label: 0 })),
  preprocessing,
  augmentation: job.load === 'everything' ? { ...window, ...everything } : window,
  batchSize: job.batchSize,
  threads: job.threads,
  shuffle: !job.whole,
  ...(onGpu && { memory: 'gpu' as const, augment }),
});

async function* batches() {
  for (let epoch = 0; ; epoch++) {
    for await (const batch of loader.epoch(epoch)) {
      yield onGpu ? there(batch) : adopted(batch);
    }
  }
}

function adopted(batch: Batch) {
  const tensor = adoptBatch(batch);
  return {
    count: batch.count,
    shape: batch.shape,
    pixels: async () => (await tensor.data()) as Float32Array,
    release: () => tensor.dispose(),
  };
}

/** On the GPU it does not use TensorFlow, which may not have a GPU. */
const there = (batch: Batch) => ({
  count: batch.count,
  shape: batch.shape,
  pixels: () => batch.pixels(),
  release: () => batch.release(),
});

/** The share of the files that the GPU decoded; threads decoded the others. */
function split(): string {
  const { images, deviceDecoded } = loader.statistics;
  return onGpu ? `, ${((100 * deviceDecoded) / images).toFixed(0)}% decoded on the GPU` : '';
}

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);
await timeBatches(job, batches(), () => `bobbin ${version}${split()}`);
loader.close();
