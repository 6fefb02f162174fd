/** Bobbin's loader through the public API: plain JPEG files in, batches in place as tensors. Arguments behind the job, where batches lie on a GPU: who augments. */
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

/** On the GPU it stays without TensorFlow, which may not have one. */
const there = (batch: Batch) => ({
  count: batch.count,
  shape: batch.shape,
  pixels: () => batch.pixels(),
  release: () => batch.release(),
});

/** Who decoded, as the loader divides the files between its threads and the GPU. */
function split(): string {
  const { images, deviceDecoded } = loader.statistics;
  return onGpu ? `, ${((100 * deviceDecoded) / images).toFixed(0)}% decoded on the GPU` : '';
}

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);
await timeBatches(job, batches(), () => `bobbin ${version}${split()}`);
loader.close();
