/** Bobbin's loader through the public API: plain JPEG files in, batches in place as tensors. */
import { readFileSync } from 'node:fs';
import { adoptBatch, createLoader, evaluationAugmentation } from '../../src/index.js';
import { everything, preprocessing, readJob, timeBatches } from '../job.js';

const job = readJob();
const window = job.whole ? evaluationAugmentation : {};
const loader = createLoader({
  samples: job.files.map((path) => ({ path, label: 0 })),
  preprocessing,
  augmentation: job.load === 'everything' ? { ...window, ...everything } : window,
  batchSize: job.batchSize,
  threads: job.threads,
  shuffle: !job.whole,
});

async function* batches() {
  for (let epoch = 0; ; epoch++) {
    for await (const batch of loader.epoch(epoch)) {
      const tensor = adoptBatch(batch);
      yield {
        count: batch.count,
        shape: batch.shape,
        pixels: async () => (await tensor.data()) as Float32Array,
        release: () => tensor.dispose(),
      };
    }
  }
}

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);
await timeBatches(job, batches(), `bobbin ${version}`);
loader.close();
