/** The input and output of a training contender, and the clock of those in TypeScript. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { NetworkName } from '../../src/model/index.js';
import { tf } from '../../src/tensorflow/index.js';
import { median } from '../results.js';

/** One run of one contender, in a JSON file whose path is the process's first argument. */
export interface TrainJob {
  net: NetworkName;
  /** The folder of inputs.ts. */
  folder: string;
  batch: number;
  /** Measured steps. */
  steps: number;
  threads: number;
}

/** The last line that a process prints. */
export interface TrainOutcome {
  /** Logits of the first image, before any training. */
  logits: number[];
  /** Mean cross-entropy of the batch in each of the first {@link checkedSteps} steps. */
  losses: number[];
  /** Median over the measured steps: forward, backward, momentum, moving averages, the loss. */
  msPerStep: number;
  /** Peak memory of the process. */
  peakBytes: number;
  /** Name and version of the measured program. */
  version: string;
}

/** The same values as in train_job.py. */
export const checkedSteps = 3;
export const warmUpSteps = 2;
export const side = 224;
export const classes = 1000;
/**
 * For SGD without weight decay. Gradients of untrained networks are steep: at a rate of 0.01 rounding alone
 * changes the third loss by 1%, at this rate by less than 0.01%.
 */
export const [learningRate, momentum] = [3e-5, 0.9];

/** Files in a job's folder. */
export const inputFiles = {
  images: 'images.f32',
  labels: 'labels.json',
  topology: 'topology.json',
  weights: 'weights.f32',
  /** Name (`conv1_conv/0`) and shape of each weight, in the order of the values; layout of tfjs and Keras. */
  index: 'weights.json',
};

const read = (job: TrainJob, file: keyof typeof inputFiles): Buffer =>
  readFileSync(path.join(job.folder, inputFiles[file]));
const floats = (bytes: Buffer) => new Float32Array(new Uint8Array(bytes).buffer);

/** Images, [batch, 224, 224, 3], and one-hot labels, [batch, 1000]. */
export function batchOf(job: TrainJob): { images: tf.Tensor4D; targets: tf.Tensor2D } {
  const { batch } = job;
  const pixels = floats(read(job, 'images')).subarray(0, batch * side * side * 3);
  const labels = (JSON.parse(read(job, 'labels').toString()) as number[]).slice(0, batch);
  return {
    images: tf.tensor4d(pixels, [batch, side, side, 3]),
    targets: tf.tidy(() =>
      tf.oneHot(tf.tensor1d(labels, 'int32'), classes, 1, 0, 'float32'),
    ) as tf.Tensor2D,
  };
}

/** The network from images to logits, with the job's weights and the registered layer classes. */
export async function networkOf(job: TrainJob): Promise<tf.LayersModel> {
  const model = await tf.models.modelFromJSON(JSON.parse(read(job, 'topology').toString()));
  const values = floats(read(job, 'weights'));
  let at = 0;
  for (const layer of model.layers) {
    const weights = layer.getWeights().map(({ shape, size }) => {
      at += size;
      return tf.tensor(values.subarray(at - size, at), shape);
    });
    layer.setWeights(weights);
    tf.dispose(weights);
  }
  return model;
}

export interface Contestant {
  /** Logits as in prediction, [batch, 1000]; the caller disposes of them. */
  forward(): tf.Tensor;
  /** The loss before the update. */
  step(): number;
  version: string;
}

/** Checks, warms up and times; prints the {@link TrainOutcome}. */
export async function timeTraining(job: TrainJob, { forward, step, version }: Contestant) {
  const rows = forward();
  const logits = [...(await rows.data()).subarray(0, classes)];
  rows.dispose();
  const losses: number[] = [];
  for (let i = 0; i < checkedSteps; i++) {
    losses.push(step());
  }
  for (let i = 0; i < warmUpSteps; i++) {
    step();
  }
  const msPerStep = medianMs(job.steps, step);
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  const outcome: TrainOutcome = { logits, losses, msPerStep, peakBytes, version };
  console.log(JSON.stringify(outcome));
}

function medianMs(times: number, run: () => unknown): number {
  const durations: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    run();
    durations.push(performance.now() - start);
  }
  return median(durations);
}
