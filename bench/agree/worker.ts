/** Steps of `bobbin train` on a smooth network, by one of several workers or in one process. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { cluster } from '../../src/cluster/index.js';
import { crossEntropies } from '../../src/index.js';
import { weightsOf } from '../../src/model/index.js';
import { resolveOptions } from '../../src/options.js';
import { type BatchShare, jit, tf, useThreads } from '../../src/tensorflow/index.js';
import { trainOptions } from '../../src/training/index.js';
import { resolveOptimizer, Updater } from '../../src/training/optimizer/index.js';
import { splitNetwork } from '../../src/training/run/network.js';
import { oneLabel } from '../../src/training/run/objective.js';
import { stepSettings, trainingStep } from '../../src/training/run/step.js';
import { workerOptions } from '../../src/training/workers/options.js';
import { readJob } from '../job.js';
import type { AgreeJob, AgreeOutcome } from './job.js';
import { classes, side, smoothNetwork } from './smooth.js';

const { workers, index, threads, batch, steps, file } = readJob<AgreeJob>();
const [learningRate, momentum] = [0.05, 0.9];

useThreads(threads, 'threads');
const count = Math.max(1, workers.length);
if (count > 1) {
  await cluster({ workers, index });
}
const model = smoothNetwork();
const network = splitNetwork(model);
const travel = { bucketMB: workerOptions.bucketMB.default };
const values = resolveOptimizer({ ...resolveOptions(trainOptions, {}), momentum, weightDecay: 0 });
const updater = new Updater(network.variables, values, count > 1 ? travel : undefined);
const objective = oneLabel(classes, crossEntropies);
const step = jit(trainingStep({ network, updater, objective: objective as never }));
const share: BatchShare | undefined =
  count === 1 ? undefined : { index, count, rows: batch, synchronised: true };

/** The rows of this worker of the batch of a step. */
function batchOf(number: number) {
  return tf.tidy(() => {
    const rows = tf.range(index, batch, count, 'int32');
    const shape: [number, number, number, number] = [batch, side, side, 3];
    const images = tf.gather(tf.randomUniform(shape, -1, 1, 'float32', number + 1), rows);
    const all = Array.from({ length: batch }, (_, row) => (7 * row + 3 * number) % classes);
    const labels = tf.gather(tf.tensor1d(all, 'int32'), rows);
    return { images, labels, targets: tf.oneHot(labels, classes, 1, 0, 'float32') };
  });
}

const floats = () => weightsOf(model).map(({ values }) => Float32Array.from(values));
const joined = (parts: Float32Array[]) =>
  Buffer.concat(parts.map(({ buffer }) => Buffer.from(buffer)));

const before = joined(floats());
let gradients = Buffer.alloc(0);
for (let number = 0; number < steps; number++) {
  const settings = stepSettings(learningRate, `step ${number}`);
  const tensors = batchOf(number);
  const sums = await (share === undefined
    ? step.async(tensors as never, settings)
    : step.async(tensors as never, settings, share));
  tf.dispose([sums, tensors, { ...settings }]);
  if (number === 0) {
    // The velocity of the first step is its gradient.
    gradients = joined(updater.slots().map(({ values }) => Float32Array.from(values)));
  }
}
const after = joined(floats());
if (index === 0) {
  writeFileSync(file, Buffer.concat([gradients, before, after]));
}
const outcome: AgreeOutcome = {
  gradients: gradients.length / 4,
  weights: after.length / 4,
  hash: createHash('sha256').update(after).digest('hex'),
};
console.log(JSON.stringify(outcome));
