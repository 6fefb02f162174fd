/** Bobbin's forward pass: op by op or, if the second argument is `jit`, `optimize` or `frozen`, as a function with that option. */
import { readFileSync } from 'node:fs';
import { jit, tf } from '../../../src/index.js';
import { readJob } from '../../job.js';
import { type PredictJob, timePasses } from '../../predict/job.js';
import { batchOf, networkOf } from '../../train/job.js';

const job = readJob<PredictJob>();
const way = process.argv[3];
const network = await networkOf(job);
const { images } = batchOf(job);

const infer = (batch: tf.Tensor) => network.apply(batch, { training: false }) as tf.Tensor;
const jitted = jit(infer, { optimize: way === 'optimize', frozen: way === 'frozen' });
const pass =
  way === undefined ? async (batch: tf.Tensor) => tf.tidy(() => infer(batch)) : jitted.async;

const { version } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
);
await timePasses(
  job,
  (batch) => {
    const some = images.slice(0, batch);
    return () => pass(some);
  },
  `bobbin ${version}`,
);
