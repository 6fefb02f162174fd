/** One worker's training step with Bobbin, by `allReduce`; then its parts, each begun by all workers together. */
import { readFileSync } from 'node:fs';
import { cluster } from '../../../src/cluster/index.js';
import { crossEntropies, Sgd, trainableVariables } from '../../../src/index.js';
import { bucketsOf } from '../../../src/tensorflow/collectives/buckets.js';
import {
  allReduce,
  allReduceOptions,
  type BatchShare,
  configure,
  jit,
  tf,
} from '../../../src/tensorflow/index.js';
import { readJob } from '../../job.js';
import type { Reduction, ScalingJob, StepParts, WorkerOutcome } from '../../scaling/job.js';
import {
  batchOf,
  checkedSteps,
  learningRate,
  momentum,
  networkOf,
  warmUpSteps,
} from '../../train/job.js';

const job = readJob<ScalingJob>();
const { workers, index, batch, steps } = job;
// With one thread for ops, TensorFlow begins no reduction before the backward pass has ended.
configure({ intraOpThreads: job.threads, interOpThreads: job.threads + 1 });
await cluster({ workers, index });

const network = await networkOf(job);
const weights = trainableVariables(network);
const variables = weights.map(({ variable }) => variable);
const optimizer = new Sgd(weights, { momentum, weightDecay: 0 });
const share: BatchShare | undefined =
  workers.length === 1
    ? undefined
    : { index, count: workers.length, rows: batch, synchronised: job.batchNorm === 'synchronised' };
const { images, targets } = tf.tidy(() => {
  const whole = batchOf(job);
  const rows = tf.range(index, batch, workers.length, 'int32');
  return { images: tf.gather(whole.images, rows), targets: tf.gather(whole.targets, rows) };
});

/** This worker's part of the mean loss. */
function lossOf(x: tf.Tensor, y: tf.Tensor): tf.Scalar {
  const logits = network.apply(x, { training: true, share }) as tf.Tensor2D;
  return tf.div(tf.sum(crossEntropies(logits, y as tf.Tensor2D)), batch);
}

/** A step whose gradients `reduce` takes from all workers. */
const stepWith = (reduce: (gradients: tf.NamedTensorMap) => tf.NamedTensorMap) =>
  jit((x: tf.Tensor, y: tf.Tensor) => {
    const { value, grads } = tf.variableGrads(() => lossOf(x, y), variables);
    optimizer.apply(reduce(grads), learningRate);
    return value;
  });

const whole = stepWith((gradients) => allReduce(gradients));
const alone = stepWith((gradients) => gradients);
const forward = jit(lossOf);
const reduceTogether = jit((tensors: tf.Tensor[]) => allReduce(tensors));
const meet = jit((x: tf.Tensor) => allReduce(x));
const one = tf.ones([1]);

type OnTensors<Inputs extends unknown[]> = {
  async(...inputs: Inputs): Promise<tf.Tensor | tf.Tensor[]>;
};

/** Milliseconds until the result is there, and its first number. */
async function timeOf<Inputs extends unknown[]>(call: OnTensors<Inputs>, ...inputs: Inputs) {
  const start = performance.now();
  const results = [await call.async(...inputs)].flat();
  const [value] = (await results[0]?.data()) ?? [];
  tf.dispose(results);
  return { ms: performance.now() - start, value: value as number };
}

/** Equal on all workers of a machine. */
const clockMs = () => Number(process.hrtime.bigint()) / 1e6;

/** Tensors to reduce: one alone, small and large, and those of the network's gradients. */
const traffic = [
  [tf.ones([1024])],
  [tf.ones([2 ** 20])],
  variables.map(({ shape }) => tf.ones(shape)),
];

async function partsOf(): Promise<StepParts> {
  const limit = 1e6 * allReduceOptions.bucketMB.default;
  const reductions = traffic.map((tensors): Reduction => {
    const bytes = tensors.reduce((sum, { size }) => sum + 4 * size, 0);
    return { bytes, buckets: bucketsOf(tensors, limit).length, ms: [] };
  });
  const parts: StepParts = { wholeMs: [], computeMs: [], forwardMs: [], arrivals: [], reductions };
  const begin = () => timeOf(meet, one);
  for (let round = -1; round < steps; round++) {
    await begin();
    const { ms: wholeMs } = await timeOf(whole, images, targets);
    await begin();
    const { ms: computeMs } = await timeOf(alone, images, targets);
    const arrival = clockMs();
    await begin();
    const { ms: forwardMs } = await timeOf(forward, images, targets);
    const reduced: number[] = [];
    for (const tensors of traffic) {
      await begin();
      reduced.push((await timeOf(reduceTogether, tensors)).ms);
    }
    if (round < 0) {
      // It traces.
      continue;
    }
    parts.wholeMs.push(wholeMs);
    parts.computeMs.push(computeMs);
    parts.forwardMs.push(forwardMs);
    parts.arrivals.push(arrival);
    reductions.forEach(({ ms }, i) => {
      ms.push(reduced[i] as number);
    });
  }
  return parts;
}

const losses: number[] = [];
for (let i = 0; i < checkedSteps + warmUpSteps; i++) {
  losses.push((await timeOf(whole, images, targets)).value);
}
const before = process.cpuUsage();
const timed: number[] = [];
for (let i = 0; i < steps; i++) {
  timed.push((await timeOf(whole, images, targets)).ms);
}
const { user, system } = process.cpuUsage(before);
const { version } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
);
const outcome: WorkerOutcome = {
  losses: losses.slice(0, checkedSteps),
  stepMs: timed,
  cpuMs: (user + system) / 1000 / steps,
  version: `bobbin ${version}`,
  parts: await partsOf(),
};
console.log(JSON.stringify(outcome));
