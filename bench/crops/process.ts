/** The process of one run: warms up, measures and prints a {@link CropsOutcome}. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writeRows } from '../../src/cli/prediction/rows.js';
import { createModel, forwardOf } from '../../src/model/index.js';
import { resolveOptions } from '../../src/options.js';
import { createLoader, evaluationAugmentation, viewsOf } from '../../src/pipeline/index.js';
import { classify, classifyOptions } from '../../src/prediction/index.js';
import { adoptBatch, type tf } from '../../src/tensorflow/index.js';
import { readJob } from '../job.js';
import type { CropsJob, CropsOutcome, Way } from './job.js';

const { way, net, files, batch, crops, threads } = readJob<CropsJob>();
const classes = Array.from({ length: 10 }, (_, index) => `class ${index}`);
const drawn = { pretrained: false, trainable: 'head', seed: 1 } as const;
const classifier = await createModel({ network: net, classes, ...drawn });
const augmentation = { ...evaluationAugmentation, crop: crops };
const views = viewsOf(augmentation);
const options = resolveOptions(classifyOptions, { crops, batchSize: batch * views, threads });
const folder = mkdtempSync(path.join(os.tmpdir(), 'bobbin-bench-'));

/** Work on images, of which there are as many as fill their batches. */
type Work = (images: readonly string[]) => Promise<unknown>;

const loaderOf = (images: readonly string[]) =>
  createLoader({
    samples: images.map((image) => ({ path: image, label: -1 })),
    preprocessing: classifier.preprocessing,
    ...{ augmentation, batchSize: batch, threads },
  });

/** The first batch as a tensor. */
async function readyWindows(): Promise<tf.Tensor4D> {
  using loader = loaderOf(files.slice(0, batch));
  for await (const first of loader.epoch(0)) {
    return adoptBatch(first);
  }
  throw new Error('The loader gave no batch');
}

/** Reads, decodes and crops. */
async function load(images: readonly string[]): Promise<void> {
  using loader = loaderOf(images);
  for await (const each of loader.epoch(0)) {
    each.release();
  }
}

let waitShare = 0;

/** What the command does once it has its images. */
const predict: Work = (images) =>
  writeRows({
    ...{ ...options, files: images, classifiers: [classifier], boxes: new Map() },
    ...{ format: 'csv', top: undefined, threshold: 0.5, out: path.join(folder, 'rows.csv') },
    ...{ isChief: true, signal: new AbortController().signal },
    onProgress: (state) => {
      waitShare = state.waitShare;
    },
  });

async function passOf(windows: tf.Tensor4D): Promise<Float32Array> {
  const rows = await forwardOf(classifier).async(windows, views);
  const values = (await rows.data()) as Float32Array;
  rows.dispose();
  return values;
}

async function workOf(chosen: Way): Promise<Work> {
  if (chosen !== 'bare pass') {
    return chosen === 'predict' ? predict : load;
  }
  const windows = await readyWindows();
  return async (images) => {
    for (let done = 0; done < images.length; done += batch) {
      await passOf(windows);
    }
  };
}

async function firstProbabilities(): Promise<number[]> {
  if (way === 'images alone') {
    return [];
  }
  if (way === 'bare pass') {
    return [...(await passOf(await readyWindows()))];
  }
  const { probabilities } = await classify({
    ...options,
    classifier,
    files: files.slice(0, batch),
  });
  return [...probabilities];
}

/** Batches before those that count. */
const warmUpBatches = 2;

const probabilities = await firstProbabilities();
const work = await workOf(way);
await work(files.slice(0, warmUpBatches * batch));
const cpu = process.cpuUsage();
const start = performance.now();
await work(files);
const ms = (performance.now() - start) / files.length;
const { user, system } = process.cpuUsage(cpu);
const cpuMs = (user + system) / 1000 / files.length;
const outcome: CropsOutcome = { ms, cpuMs, waitShare, probabilities };
rmSync(folder, { recursive: true });
console.log(JSON.stringify(outcome));
