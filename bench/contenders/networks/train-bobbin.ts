/** A custom training step with Bobbin; jitted if the second argument is `jit`, compiled by XLA if the third is `xla`. */
import { readFileSync } from 'node:fs';
import { crossEntropies, jit, Sgd, tf, trainableVariables } from '../../../src/index.js';
import { readJob } from '../../job.js';
import {
  batchOf,
  learningRate,
  momentum,
  networkOf,
  type TrainJob,
  timeTraining,
} from '../../train/job.js';

const job = readJob<TrainJob>();
const [, jitted, xla] = process.argv.slice(2);
const options = { xla: xla === 'xla' };
type OfTensors = (...tensors: tf.Tensor[]) => tf.Tensor;
const wayOf = (fn: OfTensors): OfTensors => (jitted === 'jit' ? jit(fn, options) : fn);

const network = await networkOf(job);
const { images, targets } = batchOf(job);
const weights = trainableVariables(network);
const optimizer = new Sgd(weights, { momentum, weightDecay: 0 });

const forward = wayOf((x) => network.predict(x) as tf.Tensor);
const step = wayOf((x, y) => {
  const { value, grads } = tf.variableGrads(
    () => {
      const logits = network.apply(x, { training: true }) as tf.Tensor2D;
      return tf.mean(crossEntropies(logits, y as tf.Tensor2D));
    },
    weights.map(({ variable }) => variable),
  );
  optimizer.apply(grads, learningRate);
  return value;
});

const { version } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
);
await timeTraining(job, {
  forward: () => forward(images),
  step: () => tf.tidy(() => step(images, targets).dataSync()[0] as number),
  version: `bobbin ${version}`,
});
